/// Other model formats, recognised by their first bytes, with the lines that convert them.

/// What a file is when it is no ONNX model.
package enum ForeignFormat {
  /// The format's name and its conversion, or nil when the bytes could be ONNX.
  package static func recognise(_ bytes: [UInt8], path: String) -> (name: String, conversion: [String])? {
    let lower = path.lowercased()
    func starts(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
    if starts([0x89, 0x48, 0x44, 0x46]) || lower.hasSuffix(".h5") || lower.hasSuffix(".keras") {
      return ("a Keras model", keras)
    }
    if lower.hasSuffix(".pt") || lower.hasSuffix(".pth") || (starts([0x50, 0x4B, 3, 4]) && contains(bytes, "data.pkl")) {
      return ("a PyTorch model", torch)
    }
    if starts([0x50, 0x4B, 3, 4]) { return ("a zip archive", ["unzip it, and import the .onnx file inside"]) }
    if lower.hasSuffix(".pkl") || lower.hasSuffix(".pickle") || lower.hasSuffix(".joblib") || (starts([0x80]) && (bytes.dropFirst().first ?? 9) <= 5)
    {
      return ("a Python pickle (scikit-learn)", scikit)
    }
    if starts(Array("tree\nversion=".utf8)) { return ("a LightGBM text model", lightgbm) }
    let head = String(decoding: bytes.prefix(4_096), as: UTF8.self)
    if head.drop(while: { $0 == " " || $0 == "\n" }).first == "{" {
      return ("an XGBoost or other JSON model", xgboost)
    }
    if starts(Array("binf".utf8)) || lower.hasSuffix(".ubj") { return ("an XGBoost binary model", xgboost) }
    return nil
  }

  private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    let needle = Array(text.utf8)
    let window = bytes.prefix(4_096)
    return window.indices.contains { window[$0...].starts(with: needle) }
  }

  private static let scikit = [
    "pip install skl2onnx", "import joblib", "from skl2onnx import to_onnx", "model = joblib.load(\"model.joblib\")",
    "onx = to_onnx(model, X[:1].astype(\"float32\"), options={\"zipmap\": False})",
    "open(\"model.onnx\", \"wb\").write(onx.SerializeToString())",
  ]
  private static let torch = [
    "import torch", "model.eval()",
    "torch.onnx.export(model, (example,), \"model.onnx\", input_names=[\"input\"], output_names=[\"output\"], dynamic_axes={\"input\": {0: \"batch\"}})",
  ]
  private static let keras = [
    "pip install tf2onnx", "import tensorflow as tf, tf2onnx", "model = tf.keras.models.load_model(\"model.h5\")",
    "tf2onnx.convert.from_keras(model, output_path=\"model.onnx\")",
  ]
  private static let lightgbm = [
    "pip install lightgbm onnxmltools", "import lightgbm, onnxmltools", "from onnxmltools.convert.common.data_types import FloatTensorType",
    "booster = lightgbm.Booster(model_file=\"model.txt\")",
    "onx = onnxmltools.convert_lightgbm(booster, initial_types=[(\"X\", FloatTensorType([None, booster.num_feature()]))], zipmap=False)",
    "open(\"model.onnx\", \"wb\").write(onx.SerializeToString())",
  ]
  private static let xgboost = [
    "pip install xgboost onnxmltools", "import xgboost, onnxmltools", "from onnxmltools.convert.common.data_types import FloatTensorType",
    "booster = xgboost.Booster(); booster.load_model(\"model.json\")",
    "onx = onnxmltools.convert_xgboost(booster, initial_types=[(\"X\", FloatTensorType([None, booster.num_features()]))])",
    "open(\"model.onnx\", \"wb\").write(onx.SerializeToString())",
  ]
}
