import Foundation

/// What one side of a comparison says of its runs: a line of JSON on its standard output. Engines and Python programs say it alike.
struct Answer: Codable, Sendable {
    /// Wall time of each measured run.
    var seconds: [Double] = []
    /// Tasks of one run, as the system itself counts them.
    var tasks: Int?
    /// The tasks' own time in one run, added up; only this process's engine tells it.
    var taskSeconds: Double?
    /// Bytes of arguments and results that went between processes in one run.
    var movedBytes: Int?
    var columns: [String] = []
    var rows: [Row] = []
    /// Name and version of what did the work.
    var version: String?
    /// Why there is nothing of the above.
    var error: String?

    /// In the middle of the sorted times; of two, their mean.
    var median: Double? {
        guard !seconds.isEmpty else { return nil }
        let sorted = seconds.sorted(), middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// - Throws: ``AnswerError`` when the output is anything but such a line.
    init(output: Data) throws {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            self = try decoder.decode(Answer.self, from: output)
        } catch {
            let start = String(decoding: output.prefix(80), as: UTF8.self)
            throw AnswerError(description: "it printed no answer" + (start.isEmpty ? "" : ", but “\(start)”"))
        }
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        seconds = try container.decodeIfPresent([Double].self, forKey: .seconds) ?? []
        tasks = try container.decodeIfPresent(Int.self, forKey: .tasks)
        taskSeconds = try container.decodeIfPresent(Double.self, forKey: .taskSeconds)
        movedBytes = try container.decodeIfPresent(Int.self, forKey: .movedBytes)
        columns = try container.decodeIfPresent([String].self, forKey: .columns) ?? []
        rows = try container.decodeIfPresent([Row].self, forKey: .rows) ?? []
        version = try container.decodeIfPresent(String.self, forKey: .version)
        error = try container.decodeIfPresent(String.self, forKey: .error)
    }
}

struct AnswerError: Error, CustomStringConvertible {
    let description: String
}

extension Cell: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .missing
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .real(value)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .real(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .missing: try container.encodeNil()
        }
    }
}
