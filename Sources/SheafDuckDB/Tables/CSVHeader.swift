internal import Foundation
internal import SheafTable

/// CSV files of a plan.
struct CSVFiles: Hashable {
    var paths: [String]
    var options: CSVOptions
}

/// The names in the first line of CSV files, and what is between them.
///
/// Where the row's type tells the columns, nothing else has to be found out; DuckDB's own way is to guess from a sample, which a few bad
/// lines, or a first quote after the sample, lead astray.
struct CSVHeader: Equatable {
    var names: [String]
    var delimiter: String

    /// Looks at the first lines of a plan's files.
    ///
    /// - Parameter partitions: columns that are not in the files.
    static func find(_ relation: Relation, partitions: [[String]: Set<String>]) -> [CSVFiles: CSVHeader] {
        var headers: [CSVFiles: CSVHeader] = [:]
        for case .csv(let paths, let options, let fields?) in relation.sources {
            let others = partitions[paths] ?? []
            let wanted = fields.map(\.name).filter { $0 != options.fileNameColumn && !others.contains($0) }
            headers[CSVFiles(paths: paths, options: options)] = find(paths, options, wanted)
        }
        return headers
    }

    /// - Returns: nil where DuckDB has to find it out: for compressed, encoded or remote files, those that differ, and those whose first line
    ///   lacks a column.
    private static func find(_ paths: [String], _ options: CSVOptions, _ wanted: [String]) -> CSVHeader? {
        if options.hasHeader == false {
            // By position.
            return options.delimiter.map { CSVHeader(names: wanted, delimiter: $0) } ?? CSVHeader(names: wanted, delimiter: ",")
        }
        guard !options.unionByName, options.encoding == nil, options.compression ?? FileCompression.none == FileCompression.none else {
            return nil
        }
        var found: CSVHeader?
        for pattern in paths {
            guard !pattern.contains("**"), !pattern.contains("://"), let files = FilePattern.expand(pattern) else { return nil }
            for file in files {
                guard !file.hasSuffix(".gz"), !file.hasSuffix(".zst"), let line = firstLine(file, skipping: options.skippedLines),
                    let header = parse(line, options, wanted), found ?? header == header
                else { return nil }
                found = header
            }
        }
        return found
    }

    private static let longestHeader = 16384

    /// The first line after some, without its end; nil when it is not within the first 16 KiB, or no text.
    private static func firstLine(_ path: String, skipping skipped: Int) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard var bytes = (try? file.read(upToCount: longestHeader)).flatMap({ $0 })?[...] else { return nil }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        for _ in 0..<skipped {
            guard let end = bytes.firstIndex(of: 10) else { return nil }
            bytes = bytes[(end + 1)...]
        }
        guard let end = bytes.firstIndex(of: 10) ?? (bytes.count < longestHeader ? bytes.endIndex : nil) else { return nil }
        bytes = bytes[..<end]
        if bytes.last == 13 { bytes = bytes.dropLast() }
        // A carriage return in it ends lines of its own, or a name that is quoted.
        return bytes.contains(13) ? nil : String(validating: bytes, as: UTF8.self)
    }

    /// The header, if exactly one delimiter makes a name of each wanted one.
    private static func parse(_ line: String, _ options: CSVOptions, _ wanted: [String]) -> CSVHeader? {
        let quote = (options.quote ?? "\"").first
        var fitting: [CSVHeader] = []
        for delimiter in options.delimiter.map({ [$0] }) ?? [",", ";", "\t", "|"] {
            guard let mark = delimiter.first, delimiter.count == 1, let names = split(line, mark, quote) else { continue }
            let known = Set(names.map { $0.lowercased() })
            guard known.count == names.count, !known.contains(""), wanted.allSatisfy({ known.contains($0.lowercased()) }) else { continue }
            fitting.append(CSVHeader(names: names, delimiter: delimiter))
        }
        return fitting.count == 1 || fitting.first?.names.count ?? 0 > 1 ? fitting.first : nil
    }

    private static func split(_ line: String, _ delimiter: Character, _ quote: Character?) -> [String]? {
        var names: [String] = [], name = "", isQuoted = false, wasQuoted = false
        for character in line {
            if character == quote {
                // Names with quotes in them are left to DuckDB.
                guard isQuoted || (name.isEmpty && !wasQuoted) else { return nil }
                isQuoted.toggle()
                wasQuoted = true
            } else if character == delimiter, !isQuoted {
                names.append(name)
                (name, wasQuoted) = ("", false)
            } else {
                guard isQuoted || !wasQuoted else { return nil }
                name.append(character)
            }
        }
        return isQuoted ? nil : names + [name]
    }
}

/// Patterns of paths, as a shell has them.
enum FilePattern {
    /// The names in folders `name=value` on a file's path.
    static func partitions(_ path: String) -> Set<String> {
        Set(
            path.split(separator: "/").dropLast().compactMap { part in
                part.firstIndex(of: "=").map { String(part[..<$0]) }
            })
    }

    /// The files a pattern matches, sorted; a name without wildcards, or of a file that exists, is itself. Nil when there is none.
    static func expand(_ pattern: String) -> [String]? {
        guard pattern.contains(where: { "*?[".contains($0) }), access(pattern, F_OK) != 0 else { return [pattern] }
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return nil }
        return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
    }
}
