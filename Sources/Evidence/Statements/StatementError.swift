import Claims
import Programs

/// Why a statement or an artefact's description in a bundle is not one.
public enum StatementError: Error, Equatable, Sendable {
  /// The JSON has another shape than the format says.
  case shape(JSONShapeError)
  /// A claim type that this program does not know.
  case unknownType(String)
  /// A schema or a model that contradicts itself.
  case program(ProgramError)
  /// Claims and artefacts that do not fit together.
  case claim(ClaimError)
  /// A size beyond what a verifier takes on.
  case tooLarge(String)
  /// The artefact's tensors or code are not those that its format calls for.
  case commitment(String)
  /// A soundness profile that this program does not know.
  case unknownProfile(String)
}

extension StatementError: CustomStringConvertible {
  /// The error in words; names in it come from data and are escaped where they are printed.
  public var description: String {
    switch self {
    case .shape(let error): error.description
    case .unknownType(let type): "unknown claim type \(type)"
    case .program(let error): "\(error)"
    case .claim(.program(let error)): "\(error)"
    case .claim(.unknownArtefact(let name)): "no artefact \(name) of the kind that the claim needs is among those that the proof opens"
    case .claim(.unknownColumn(let artefact, let column)): "artefact \(artefact) has no column \(column)"
    case .claim(.inconsistent(let reason)): reason
    case .claim(.tooLarge(let what)): "too large: \(what)"
    case .claim(let error): "\(error)"
    case .tooLarge(let what): "too large: \(what)"
    case .commitment(let reason): reason
    case .unknownProfile(let name): "unknown soundness profile \(name); P128 and P100 are known"
    }
  }
}

/// Runs `body` and gives its error the type of this module's readers.
func readingStatements<Value>(_ body: () throws -> Value) throws(StatementError) -> Value {
  do {
    return try body()
  } catch let error as StatementError {
    throw error
  } catch let error as JSONShapeError {
    throw .shape(error)
  } catch let error as ProgramError {
    throw .program(error)
  } catch let error as ClaimError {
    throw .claim(error)
  } catch {
    throw .commitment("unexpected \(type(of: error))")
  }
}
