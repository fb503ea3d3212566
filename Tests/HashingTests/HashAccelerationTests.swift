import Hashing
import Testing

@Suite struct HashAccelerationTests {
  @Test func theFirstHashFreezesTheChoice() {
    let before = SHA256.hash([1, 2, 3])
    #expect(!HashAcceleration.install { state, _ in state = .initial })
    #expect(SHA256.hash([1, 2, 3]) == before)
  }

  @Test func anInstalledFunctionIsUsed() async {
    await #expect(processExitsWith: .success) {
      // A function that is recognisably another one: it swaps two words.
      let installed = HashAcceleration.install { state, blocks in
        SHA256.compress(&state, blocks)
        swap(&state.h0, &state.h1)
      }
      let again = HashAcceleration.install { state, blocks in SHA256.compress(&state, blocks) }
      let digest = SHA256.hash([0x61, 0x62, 0x63])
      var hasher = SHA256()
      hasher.update([0x61, 0x62, 0x63])
      #expect(installed && !again)
      #expect(digest.hex == "8f01cfeaba7816bf414140de5dae2223b00361a396177a9cb410ff61f20015ad")
      #expect(hasher.finalize() == digest)
    }
  }
}
