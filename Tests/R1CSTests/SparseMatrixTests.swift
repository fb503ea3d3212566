import Fields
import R1CS
import Testing

@Suite("Sparse matrices") struct SparseMatrixTests {
  @Test("only canonical parts make a matrix") func canonical() {
    let one = Goldilocks.one
    #expect(SparseMatrix(rowStarts: [0, 2, 2], columns: [0, 3], values: [one, one], columnCount: 4)?.entryCount == 2)
    #expect(SparseMatrix(rowStarts: [0, 2], columns: [3, 0], values: [one, one], columnCount: 4) == nil)
    #expect(SparseMatrix(rowStarts: [0, 2], columns: [1, 1], values: [one, one], columnCount: 4) == nil)
    #expect(SparseMatrix(rowStarts: [0, 1], columns: [4], values: [one], columnCount: 4) == nil)
    #expect(SparseMatrix(rowStarts: [0, 1], columns: [1], values: [Goldilocks.zero], columnCount: 4) == nil)
    #expect(SparseMatrix(rowStarts: [0, 3], columns: [1], values: [one], columnCount: 4) == nil)
    #expect(SparseMatrix(rowStarts: [0, 2, 1], columns: [1], values: [one], columnCount: 4) == nil)
    #expect(SparseMatrix<Goldilocks>(rowStarts: [], columns: [], values: [], columnCount: 4) == nil)
  }
}
