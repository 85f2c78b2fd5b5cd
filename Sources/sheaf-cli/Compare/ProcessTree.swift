#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A process and what it started, found in `/proc`: those of its session, and their children in sessions of their own.
struct ProcessTree {
    /// The first process, which began a session of its own.
    let root: pid_t

    /// All of them that are there now.
    var members: [pid_t] {
        var parents: [pid_t: pid_t] = [:], found: Set<pid_t> = []
        for process in Self.processes() {
            guard let (parent, session) = Self.relatives(of: process) else { continue }
            parents[process] = parent
            if process == root || session == root { found.insert(process) }
        }
        var isGrowing = true
        while isGrowing {
            let children = parents.filter { found.contains($0.value) && !found.contains($0.key) }.keys
            found.formUnion(children)
            isGrowing = !children.isEmpty
        }
        return Array(found)
    }

    /// Bytes of memory held now: what each process has for itself, and the largest part that one of them shares with others, once. `nil`
    /// where there is no `/proc`.
    var memory: Int? {
        var own = 0, shared = 0, isKnown = false
        for process in members {
            guard let text = Self.text(of: "/proc/\(process)/status") else { continue }
            var mapped = 0
            for line in text.split(separator: "\n") where line.hasPrefix("Rss") {
                let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
                guard words.count >= 2, let kilobytes = Int(words[1]) else { continue }
                isKnown = true
                if words[0] == "RssAnon:" { own += kilobytes } else { mapped += kilobytes }
            }
            shared = max(shared, mapped)
        }
        return isKnown ? (own + shared) * 1024 : nil
    }

    /// Ends all of them at once. Only while the root has not been reaped: until then its number is its own.
    func kill() {
        let members = members
        for process in members where process != root { _ = systemKill(process, SIGKILL) }
        _ = systemKill(-root, SIGKILL)
    }

    private static func processes() -> [pid_t] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var processes: [pid_t] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let process = pid_t(name) { processes.append(process) }
        }
        return processes
    }

    /// A process's parent and its session.
    private static func relatives(of process: pid_t) -> (parent: pid_t, session: pid_t)? {
        // The name, in parentheses, may hold anything; behind it stand state, parent, group and session.
        guard let text = text(of: "/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let words = text[text.index(after: end)...].split(separator: " ", maxSplits: 4)
        guard words.count > 3, let parent = pid_t(words[1]), let session = pid_t(words[3]) else { return nil }
        return (parent, session)
    }

    /// The beginning of a small file; `nil` when it is not there (any more).
    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            return count > 0
                ? String(decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]), as: UTF8.self) : nil
        }
    }
}

private func systemKill(_ process: pid_t, _ signal: Int32) -> Int32 { kill(process, signal) }
