import Foundation
import SheafCore
import SheafWorker
import Testing

@testable import SheafBridge

/// Two ends of a socket that carries messages.
private func channels() throws -> (SidecarChannel, SidecarChannel) {
    let (own, other) = try Channel.pair()
    return (SidecarChannel(dup(own.descriptor)), SidecarChannel(dup(other.descriptor)))
}

@Suite("Messages to and from a sidecar", .timeLimit(.minutes(2)))
struct SidecarWireTests {
    @Test("messages arrive as they were sent")
    func roundTrip() throws {
        let (own, other) = try channels()
        let frames = [
            SidecarFrame(header: Array("{}".utf8)), SidecarFrame(header: [], buffers: [[], [1, 2, 3], []]),
            SidecarFrame(header: [UInt8](repeating: 9, count: 5000), buffers: [[UInt8](repeating: 1, count: 30_000)]),
        ]
        for frame in frames { own.send(frame) }
        for frame in frames { #expect(try other.receive() == frame) }
        own.end()
        #expect(try other.receive() == nil)
    }

    @Test("what is no message is an error, and so is half of one")
    func damaged() throws {
        let whole = SidecarFrame(header: Array("{\"op\":\"closed\"}".utf8), buffers: [[1, 2, 3]]).head + [1, 2, 3]
        var list = (1..<whole.count).map { Array(whole.prefix($0)) }
        list += [
            [UInt8](repeating: 0xff, count: 100), [0, 0, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8),
            [0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0],
        ]
        for bytes in list {
            let (own, other) = try channels()
            own.send(parts: [bytes])
            own.end()
            #expect(throws: WireError.self) { try other.receive() }
        }
    }

    @Test("random bytes never do more than fail")
    func fuzz() throws {
        var random = SplitMix64(seed: 11)
        let seeds = [
            "{\"op\":\"answer\",\"id\":3,\"ok\":false,\"kind\":\"engine\",\"text\":\"no\"}",
            "{\"op\":\"progress\",\"run\":\"1\",\"done\":1,\"running\":1,\"failed\":0,\"waiting\":0}",
            "{\"op\":\"tasks\",\"run\":\"1\",\"events\":[[\"1-0\",\"started\",1.5,\"w\"]]}",
            "{\"op\":\"error\",\"run\":\"1\",\"key\":\"1-0\",\"kind\":\"crashed\",\"text\":\"\"}",
            "{\"op\":\"output\",\"run\":\"1\",\"key\":\"1-0\",\"bytes\":8}", "{\"op\":\"done\",\"run\":\"1\",\"ok\":true}",
        ]
        var understood = 0, refused = 0
        for round in 0..<4000 {
            var header = Array(seeds[round % seeds.count].utf8)
            for _ in 0..<random.next() % 4 { header[Int(random.next() % UInt64(header.count))] = UInt8(truncatingIfNeeded: random.next()) }
            var bytes = SidecarFrame(header: header, buffers: round % 3 == 0 ? [[1, 2]] : []).head + (round % 3 == 0 ? [1, 2] : [])
            if round % 5 == 0 { bytes[Int(random.next() % 8)] = UInt8(truncatingIfNeeded: random.next()) }
            let (own, other) = try channels()
            own.send(parts: [bytes])
            own.end()
            do {
                while let frame = try other.receive() { _ = try SidecarMessage(frame) }
                understood += 1
            } catch { refused += 1 }
        }
        #expect(understood > 500 && refused > 500)
    }

    @Test("what the client says is JSON that says the same")
    func json() throws {
        let odd = "a \"quoted\"\n\\ text \u{1} Garbe 束"
        var submission = ClientMessage.Submission()
        submission.tasks = [
            .init(key: "7-0", name: odd, prefix: 0, arguments: [.key("7-1"), .buffer(3)], retries: 2),
            .init(
                key: "7-1", name: "", prefix: 1, arguments: [], retries: 0,
                hints: SchedulingHints(priority: -2, resources: ["GPU": 1, odd: 0.5]), cores: 4, memory: 1 << 30),
        ]
        submission.outputs = ["7-0"]
        submission.preparation = ("token", 4)
        let header = try JSONSerialization.jsonObject(with: Data(ClientMessage.submit(run: "7", submission).header)) as? [String: Any]
        let tasks = header?["tasks"] as? [[String: Any]]
        #expect(header?["op"] as? String == "submit" && header?["prepare"] as? Int == 4 && header?["outputs"] as? [String] == ["7-0"])
        #expect(tasks?[0]["name"] as? String == odd && tasks?[0]["retries"] as? Int == 2)
        #expect((tasks?[0]["args"] as? [[Any]])?[1][1] as? Int == 3)
        #expect((tasks?[1]["args"] as? [Any])?.isEmpty == true)
        #expect(tasks?[0]["priority"] == nil && tasks?[0]["cores"] == nil && tasks?[0]["memory"] == nil && tasks?[0]["resources"] == nil)
        #expect(tasks?[1]["priority"] as? Int == -2 && tasks?[1]["cores"] as? Int == 4 && tasks?[1]["memory"] as? Int == 1 << 30)
        #expect(tasks?[1]["resources"] as? [String: Double] == ["GPU": 1, odd: 0.5])
    }
}

@Suite("The Python sources in the program")
struct SidecarSourcesTests {
    @Test("all modules of the bridge are there, and nothing else")
    func complete() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../bridges/python")
        let modules = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("sheaf_bridge").path)
            .filter { $0.hasSuffix(".py") }.map { $0 == "__init__.py" ? "sheaf_bridge" : "sheaf_bridge." + $0.dropLast(3) }
        #expect(Set(SidecarSources.all.keys) == Set(modules + ["sheaf_up"]))
        let text = try String(contentsOf: folder.appendingPathComponent("sheaf_bridge/sidecar.py"), encoding: .utf8)
        #expect(SidecarSources.bridge.modules["sheaf_bridge.sidecar"] == text)
    }
}
