import Foundation
import SheafCore
import SheafLocal
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

/// What an XML parser finds in a drawing.
private final class Drawing: NSObject, XMLParserDelegate {
    private(set) var boxes = 0
    private(set) var paths = 0
    private(set) var titles: [String] = []
    private(set) var texts: [String] = []
    private(set) var elements: Set<String> = []
    private(set) var size = (width: 0.0, height: 0.0)
    private(set) var frames: [(x: Double, y: Double, width: Double, height: Double)] = []
    private var text = ""
    private var isFirstOfBox = false

    init(_ svg: String) throws {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        let isWellFormed = parser.parse()
        try #require(isWellFormed, "\(String(describing: parser.parserError))")
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        elements.insert(name)
        text = ""
        func number(_ key: String) -> Double { attributes[key].flatMap(Double.init) ?? .nan }
        switch name {
        case "svg": size = (number("width"), number("height"))
        case "g" where attributes["class"] == "box":
            boxes += 1
            isFirstOfBox = true
        case "rect" where isFirstOfBox:
            isFirstOfBox = false
            frames.append((number("x"), number("y"), number("width"), number("height")))
        case "path" where attributes["marker-end"] != nil: paths += 1
        default: break
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if name == "title" { titles.append(text) }
        if name == "text" { texts.append(text) }
        text = ""
    }
}

@Suite("A drawing of a graph")
struct SVGTests {
    private let graphs = SampleGraphs()

    @Test("is well-formed, has a box for each task and an arrow for each dependency")
    func boxes() throws {
        let (graph, root) = try graphs.tree(leaves: 8).graph()
        let drawing = try Drawing(graph.svg(outputs: [root], title: "Sum of eight"))
        #expect(drawing.boxes == 15)
        #expect(drawing.paths == 14)
        #expect(drawing.texts.contains("Sum of eight"))
        #expect(drawing.texts.contains("15 tasks · 14 dependencies · results have a double border"))
        #expect(drawing.texts.filter { $0 == "load" }.count == 8)
        #expect(drawing.texts.filter { $0 == "add" }.count == 7)
        #expect(drawing.elements.isDisjoint(with: ["script", "foreignObject", "image"]))
    }

    @Test("says in tooltips what a task is called, where it was made and which is a result")
    func tooltips() throws {
        let (graph, root) = try graphs.tree(leaves: 2).graph()
        let drawing = try Drawing(graph.svg(outputs: [root]))
        #expect(drawing.titles.count == 3)
        #expect(drawing.titles[0].hasPrefix("load#0\nmade at SheafProgramTests/SampleGraphs.swift:"))
        #expect(drawing.titles[2].hasSuffix("\na result of the plan"))
    }

    @Test("shows the steps of a fused task, one below the other")
    func fused() throws {
        let session = graphs.session
        let chain = session.delayed(graphs.double, session.delayed(graphs.load, 1))
        let (graph, root) = try session.delayed(graphs.add, chain, Delayed(2)).graph()
        let fused = graph.fused(outputs: [root])
        let drawing = try Drawing(fused.graph.svg(outputs: fused.roots))
        #expect(drawing.boxes == 1)
        #expect(drawing.texts.suffix(3) == ["load", "double", "add"])
        #expect(drawing.titles[0].contains("runs load → double → add"))
    }

    @Test("escapes what XML would take for markup, and drops what XML cannot hold")
    func escapes() throws {
        let name = "<a & \"b\"> 'c' \u{0}\u{1B}\u{FFFE} 日本 🎈"
        let (graph, root) = try graphs.session.delayed(graphs.load, 1, options: NodeOptions(name: name)).graph()
        let drawing = try Drawing(graph.svg(outputs: [root], title: "a < b && c"))
        #expect(drawing.texts.contains("a < b && c"))
        #expect(drawing.texts.last == "<a & \"b\"> 'c' \u{FFFD}\u{FFFD}\u{FFFD} 日本 🎈")
    }

    @Test("of nothing, and of one task")
    func small() throws {
        #expect(try Drawing(Graph().svg()).boxes == 0)
        let (graph, root) = try graphs.session.delayed(graphs.load, 1).graph()
        let drawing = try Drawing(graph.svg(outputs: [root]))
        #expect(drawing.boxes == 1)
        #expect(drawing.paths == 0)
        #expect(drawing.texts.first == "1 task · 0 dependencies · results have a double border")
    }

    @Test("a dependency taken twice is one arrow")
    func twice() throws {
        let one = graphs.session.delayed(graphs.load, 1)
        let drawing = try Drawing(try graphs.session.delayed(graphs.add, one, one).graph().graph.svg())
        #expect(drawing.paths == 1)
    }

    @Test("keeps boxes apart and on the page", arguments: 1...6)
    func placement(seed: UInt64) throws {
        let (graph, root) = try graphs.random(nodes: 40 * Int(seed), seed: seed).graph()
        let drawing = try Drawing(graph.svg(outputs: [root]))
        #expect(drawing.boxes == graph.count)
        let frames = drawing.frames
        for (index, a) in frames.enumerated() {
            #expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= drawing.size.width && a.y + a.height <= drawing.size.height)
            for b in frames[(index + 1)...] {
                let isApart = a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y
                #expect(isApart, "\(a) and \(b)")
            }
        }
    }

    @Test("is the same for the same graph")
    func stable() throws {
        let (graph, root) = try graphs.random(nodes: 100, seed: 3).graph()
        #expect(graph.svg(outputs: [root]) == graph.svg(outputs: [root]))
    }
}

@Suite("A drawing of a large graph")
struct GroupedSVGTests {
    private let graphs = SampleGraphs()

    @Test("puts the tasks of one name and rank into one box")
    func byRank() throws {
        let (graph, root) = try graphs.tree(leaves: 65_536).graph()
        #expect(graph.count == 131_071)
        let drawing = try Drawing(graph.svg(outputs: [root]))
        #expect(drawing.boxes == 17)
        #expect(drawing.paths == 16)
        #expect(drawing.texts[0].hasPrefix("131,071 tasks · 131,070 dependencies · tasks of one name and rank share a box"))
        #expect(drawing.texts.filter { $0 == "×65,536" }.count == 2)
        #expect(drawing.titles.contains { $0.hasPrefix("load ×65,536\nmade at SheafProgramTests/SampleGraphs.swift:") })
    }

    @Test("puts the tasks of one name into one box when ranks are many, with a loop for what they pass to each other")
    func byName() throws {
        var value = graphs.session.delayed(graphs.load, 1)
        for _ in 0..<1000 { value = graphs.session.delayed(graphs.double, value) }
        let (graph, root) = try value.graph()
        let drawing = try Drawing(graph.svg(outputs: [root]))
        #expect(drawing.boxes == 2)
        #expect(drawing.paths == 2)
        #expect(drawing.texts.contains("×999"))
        #expect(drawing.texts.contains("×1,000"))
    }

    @Test("draws groups that need each other")
    func cycle() throws {
        var value = graphs.session.delayed(graphs.load, 1)
        for step in 0..<1001 { value = graphs.session.delayed(step.isMultiple(of: 2) ? graphs.double : graphs.negate, value) }
        let drawing = try Drawing(try value.graph().graph.svg())
        #expect(drawing.boxes == 3)
        #expect(drawing.paths == 3)
    }

    @Test("groups by function when almost every task has a name of its own")
    func byFunction() throws {
        let parts = (0..<2000).map { graphs.session.delayed(graphs.load, $0, options: NodeOptions(name: "load \($0)")) }
        let (graph, root) = try graphs.session.delayed(graphs.sum, parts).graph()
        let drawing = try Drawing(graph.svg(outputs: [root]))
        #expect(drawing.boxes == 2)
        #expect(drawing.texts[0].contains("tasks of one function share a box"))
        #expect(drawing.texts.contains("load"))
        #expect(drawing.texts.contains("×2,000"))
    }

    @Test("groups ranks when nothing else is left")
    func byBand() throws {
        var value = graphs.session.delayed(graphs.load, 1)
        for step in 0..<700 {
            value = graphs.session.delayed(Function("step \(step)") { (number: Int) in number + 1 }, value)
        }
        let drawing = try Drawing(try value.graph().graph.svg())
        #expect((2...300).contains(drawing.boxes))
        #expect(drawing.texts.contains("various tasks"))
    }

    @Test("groups a small graph that is a tangle of dependencies")
    func shuffle() throws {
        let maps = (0..<40).map { graphs.session.delayed(graphs.load, $0) }
        let parts = (0..<40).map { _ in graphs.session.delayed(graphs.sum, maps) }
        let drawing = try Drawing(try graphs.session.gather(parts).graph().graph.svg())
        #expect(drawing.boxes == 3)
        #expect(drawing.texts.contains("×1,600"))
    }

    @Test("keeps to the limit it is given", arguments: [1, 5, 20])
    func limit(_ limit: Int) throws {
        let (graph, root) = try graphs.random(nodes: 150, seed: 9).graph()
        #expect(try Drawing(graph.svg(outputs: [root], limit: limit)).boxes <= limit)
    }
}
