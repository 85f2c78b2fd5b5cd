public import SheafCore

extension ProcessesEngine: TransferCounting {
    public var transferredBytes: Int { fleet.transferredBytes }
}
