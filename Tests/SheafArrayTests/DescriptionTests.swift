import SheafArray
import Testing

@Suite("Arrays as text")
struct DescriptionTests {
    @Test("elements in nested brackets, aligned; the middle of long arrays left out")
    func dense() {
        #expect("\(DenseArray([4.5], shape: []))" == "4.5")
        #expect("\(DenseArray([1, 20, 3]))" == "[ 1 20  3]")
        #expect("\(DenseArray(Array(0..<6), shape: [2, 3]))" == "[[0 1 2]\n [3 4 5]]")
        #expect("\(DenseArray(Array(0..<6), shape: [2, 3]).transposed())" == "[[0 3]\n [1 4]\n [2 5]]")
        #expect("\(DenseArray(Array(0..<2000)))" == "[   0    1    2 … 1997 1998 1999]")
        #expect("\(DenseArray([Int](), shape: [0]))" == "[]")
        let large = DenseArray(Array(0..<10_000), shape: [100, 100])
        #expect("\(large)".split(separator: "\n").count == 7)
    }
}
