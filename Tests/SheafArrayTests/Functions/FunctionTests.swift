import ComplexModule
import SheafArray
import SheafCore
import Testing

@Suite("NDArray: casts, selections, user functions, complex parts")
struct FunctionTests {
    @Test("casts")
    func casts() async throws {
        let session = Session(workers: 2)
        let x = session.array([-1.9, 0, 2.5, 300, .nan, .infinity], chunks: 4)
        #expect(try await x.cast(to: Int.self).compute().elements == [-1, 0, 2, 300, 0, Int.max])
        #expect(try await x.cast(to: UInt8.self).compute().elements == [0, 0, 2, 255, 0, 255])
        #expect(try await x.cast(to: Bool.self).compute().elements == [true, false, true, true, true, true])
        #expect(try await x.cast(to: Double.self).compute().elements.description == "[-1.9, 0.0, 2.5, 300.0, nan, inf]")
        #expect(try await session.array([200, -1]).cast(to: Int8.self).compute().elements == [-56, -1])
        let z = session.array([Complex(1.0, 2.0)])
        #expect(await code { try await z.cast(to: Double.self).compute() } == .unsupported)
        #expect(try await session.array([true, false]).cast(to: Complex<Float>.self).compute().elements == [Complex(1, 0), Complex(0, 0)])
        await session.close()
    }

    @Test("where")
    func selections() async throws {
        let session = Session(workers: 2)
        let x = session.arange(0, 6, chunks: 4)
        #expect(try await `where`(x .> 2, x, -x).compute().elements == [0, -1, -2, 3, 4, 5])
        #expect(try await (x .> 2).select(x, 9).compute().elements == [9, 9, 9, 3, 4, 5])
        #expect(try await (x .> 2).select(1, 0).compute().elements == [0, 0, 0, 1, 1, 1])
        let rows = session.array([true, false], shape: [2, 1])
        #expect(try await `where`(rows, 7, x).compute().elements == [7, 7, 7, 7, 7, 7, 0, 1, 2, 3, 4, 5])
        #expect(await code { try await `where`(session.array([true, false]), x, x).compute() } == .shapeMismatch)
        await session.close()
    }

    @Test("user functions")
    func closures() async throws {
        struct Odd: Error {}
        let session = Session(workers: 2)
        let x = session.arange(0, 10, chunks: 3)
        #expect(try await x.map { Double($0) / 2 }.compute().elements == (0..<10).map { Double($0) / 2 })
        let products: Int = try await x.combine(with: x + 1) { (a: Int, b: Int) -> Int in a * b }.sum().item()
        #expect(products == 330)
        #expect(try await x.combine(with: x, x) { (a: Int, b: Int, c: Int) -> Int in a + b - c }.compute().elements == Array(0..<10))
        let failing = x.map { (element: Int) throws -> Int in
            if element == 7 { throw Odd() }
            return element
        }
        await #expect(throws: TaskError.self) { try await failing.compute() }
        await session.close()
    }

    @Test("complex parts")
    func complex() async throws {
        let session = Session(workers: 2)
        let z = session.array([Complex(3.0, 4.0), Complex(0.0, -2.0), Complex(-1.0, 0.0)], chunks: 2)
        #expect(try await z.real().compute().elements == [3, 0, -1])
        #expect(try await z.imaginary().compute().elements == [4, -2, 0])
        #expect(try await z.magnitude().compute().elements == [5, 2, 1])
        #expect(try await z.phase().compute().elements == [0.9272952180016122, -Double.pi / 2, Double.pi])
        #expect(try await z.conjugate().imaginary().compute().elements == [-4, 2, 0])
        #expect(try await z.real().complex(imaginary: z.imaginary()).compute().elements == [Complex(3, 4), Complex(0, -2), Complex(-1, 0)])
        #expect(try await (z.sum() as NDArray<Complex<Double>>).item() == Complex(2, 2))
        #expect(try await (z.cumulativeSum(axis: 0) as NDArray<Complex<Double>>).compute().elements[2] == Complex(2, 2))
        #expect(try await (z.product() as NDArray<Complex<Double>>).item() == Complex(-8, 6))
        await session.close()
    }

    @Test("powers, clips and tolerance")
    func numbers() async throws {
        let session = Session(workers: 1)
        let x = session.array([1.5, -2, 0.25], chunks: 2)
        #expect(try await x.power(5 as Int).compute().elements == [7.59375, -32, 0.0009765625])
        #expect(try await x.power(-2 as Int).compute().elements[1] == 0.25)
        #expect(try await x.power(0 as Int).compute().elements == [1, 1, 1])
        #expect(try await session.array([2, 3]).power(10).compute().elements == [1024, 59049])
        #expect(try await session.array([1, -1, 2, 0]).power(-3).compute().elements == [1, -1, 0, 0])
        #expect(try await x.clip(min: 0).compute().elements == [1.5, 0, 0.25])
        #expect(try await x.clip(min: 2, max: 1).compute().elements == [1, 1, 1])
        #expect(try await x.allClose(to: x + 1e-9).item())
        let n = session.array([Double.nan])
        #expect(try await n.isClose(to: n, equalNaN: true).item())
        #expect(try await !n.isClose(to: n).item())
        #expect(try await n.replacingNaN(with: 3).item() == 3)
        await session.close()
    }
}
