import Foundation

/// Values that dev/oracle computed with Python, and input files beside them.
enum Oracle {
    static let folder = Bundle.module.resourceURL!.appendingPathComponent("Oracle")

    /// The cases of one subject. Traps when the file is missing or does not fit the type: no test could mean anything then.
    static func cases<Case: Decodable>(_ subject: String, as type: Case.Type = Case.self) -> [Case] {
        let data = try! Data(contentsOf: folder.appendingPathComponent("\(subject).json"))
        let cases = try! JSONDecoder().decode([Case].self, from: data)
        precondition(!cases.isEmpty, "\(subject).json holds no cases")
        return cases
    }

    /// The path of an input file.
    static func file(_ name: String) -> String {
        let path = folder.appendingPathComponent("files/\(name)").path
        precondition(FileManager.default.fileExists(atPath: path), "there is no input file \(name)")
        return path
    }
}

/// A pair as the oracle writes it, and something that can be compared and spilled.
struct Pair: Codable, Hashable, Sendable {
    var key: String
    var value: Int

    init(_ key: String, _ value: Int) {
        self.key = key
        self.value = value
    }

    init(_ pair: (String, Int)) { self.init(pair.0, pair.1) }

    var tuple: (String, Int) { (key, value) }
}
