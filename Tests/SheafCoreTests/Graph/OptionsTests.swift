import SheafCore
import Testing

@Suite("Session options and engine addresses")
struct OptionsTests {
    @Test(
        "sizes are read as people write them",
        arguments: [
            ("4096", 4096), ("1", 1), ("512MB", 512 << 20), ("512 mb", 512 << 20), ("2GiB", 2 << 30), ("1.5g", 3 << 29), ("64k", 65536),
            ("64KiB", 65536), ("1T", 1 << 40), ("10b", 10), (".5k", 512),
        ])
    func bytes(text: String, expected: Int) throws {
        #expect(try SessionOptions.bytes(text) == expected)
    }

    @Test(
        "what is not a size is refused, with the text and what to write",
        arguments: ["", "MB", "-1", "0", "0.2", "1..5g", "5 parsecs", "1e3", "12 34", "9999999999T", "½", "٣k", "inf", "nan", "1,5g"])
    func notBytes(text: String) {
        #expect {
            try SessionOptions.bytes(text)
        } throws: { error in
            guard let error = error as? PlanError else { return false }
            return error.code == .invalidArgument && error.message.contains("“\(text)”") && error.hint?.contains("512MB") == true
        }
    }

    @Test("the defaults are this machine's cores and half of its memory")
    func defaults() {
        let options = SessionOptions()
        #expect(options.workers == SessionOptions.coreCount && options.workers >= 1)
        #expect(options.memory == SessionOptions.physicalMemory / 2 && options.memory > 1 << 20)
        #expect(SessionOptions(workers: 3, memory: 5).workers == 3 && SessionOptions(memory: 5).memory == 5)
    }

    struct Address: Sendable {
        let text: String, scheme: String
        var authority = ""
        var parameters: [String: String] = [:]
    }

    @Test(
        "an address is taken apart",
        arguments: [
            Address(text: "local", scheme: "local"),
            Address(text: "LOCAL", scheme: "local"),
            Address(text: "local://", scheme: "local"),
            Address(text: "dask://host:8786", scheme: "dask", authority: "host:8786"),
            Address(text: "dask://host:8786/path/x?a=1", scheme: "dask", authority: "host:8786", parameters: ["a": "1"]),
            Address(text: "dask+tls://Host", scheme: "dask+tls", authority: "Host"),
            Address(text: "x-2://?a=1&b=two", scheme: "x-2", parameters: ["a": "1", "b": "two"]),
            Address(
                text: "e://h?flag&empty=&key=a=b/c?d", scheme: "e", authority: "h", parameters: ["flag": "", "empty": "", "key": "a=b/c?d"]),
            Address(text: "e://h?&&a=1&", scheme: "e", authority: "h", parameters: ["a": "1"]),
        ])
    func address(expected: Address) throws {
        let url = try EngineURL(expected.text)
        #expect(url.scheme == expected.scheme && url.authority == expected.authority && url.parameters == expected.parameters)
        #expect(url.description == expected.text)
    }

    @Test(
        "what is not an address is refused",
        arguments: ["", "://host", "local:", "local:/x", "local?a=1", "a b://c", "/tmp", "e://h?=1", "e://h?a=1&=2"])
    func notAnAddress(text: String) {
        #expect {
            try EngineURL(text)
        } throws: { error in
            guard let error = error as? PlanError else { return false }
            return error.code == .invalidArgument && error.message.contains("“\(text)”") && error.hint != nil
        }
    }

    struct Unused: EngineProvider {
        let scheme: String
        var summary: String { "the \(scheme) engine" }
        var capabilities: Capabilities { Capabilities(engine: scheme, closures: false) }
        func engine(at url: EngineURL, options: SessionOptions) async throws -> any Engine {
            throw EngineError(.closed, "the address was \(url.authority)")
        }
    }

    @Test("an unknown scheme is an error that lists the known ones; a known one is asked")
    func providers() async {
        let providers: [any EngineProvider] = [Unused(scheme: "here"), Unused(scheme: "there")]
        await #expect {
            try await Session("nowhere://x", providers: providers)
        } throws: { error in
            guard let error = error as? EngineError, error.code == .unknownEngine else { return false }
            return error.message.contains("“nowhere”")
                && ["here", "there"].allSatisfy { error.hint?.contains("\($0) (the \($0) engine)") == true }
        }
        await #expect {
            try await Session("THERE://x:1", providers: providers)
        } throws: { ($0 as? EngineError)?.message == "the address was x:1" }
    }
}
