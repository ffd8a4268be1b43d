import CSpikelet
import Fault
import Model
import NeuroCore

private let flags: UInt32 = 3

@c @implementation
public func spk_model_build_erbp(
  _ context: OpaquePointer?, _ options: UnsafePointer<spk_erbp_options>?,
  _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> spk_status {
  makeModel(context, model) { () throws(Fault) in
    let source = try readStruct(options, "options")
    let count = try inRange(source.layer_count, 2, 16, "options->layer_count")
    let layers = try array(source.layer_sizes, count, "options->layer_sizes")
    for layer in layers {
      _ = try inRange(layer, 1, 1 << 20, "options->layer_sizes")
    }
    var settings = ErbpSettings(layers: layers)
    settings.seed = source.seed
    settings.storage = try oneOf(source.storage, WeightStorage.self, "options->storage")
    settings.rounding = try oneOf(source.rounding, Rounding.self, "options->rounding")
    guard source.flags & ~flags == 0, source.reserved == 0 else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "options->flags: \(source.flags) holds bits that are not defined, or reserved is not 0")
    }
    settings.hasFeedback = source.flags & 1 == 0
    settings.hasGate = source.flags & 2 == 0
    let int8 = settings.storage == .int8
    settings.hiddenShift = try shift(
      source.hidden_shift, int8 ? 14 : 15, int8, "options->hidden_shift")
    settings.outputShift = try shift(
      source.output_shift, int8 ? 13 : 14, int8, "options->output_shift")
    settings.gate = try inRange(source.gate, 1, 31, "options->gate")
    settings.feedbackPercent = try inRange(
      source.feedback_percent, 1, 1_000, "options->feedback_percent")
    settings.gain = Int32(try inRange(source.gain, 0, 65_535, "options->gain"))
    settings.floor = UInt8(try inRange(source.floor, 0, 255, "options->floor"))
    return try Model.erbp(name: Name("erbp"), settings)
  }
}

/// A learning rate as a shift of the acting weight; an int16 master has 8 bits below it.
private func shift(
  _ value: UInt32, _ standard: Int, _ int8: Bool, _ name: StaticString
) throws(Fault) -> Int {
  guard value != 0 else { return standard }
  return try inRange(value, int8 ? 1 : 8, int8 ? 24 : 32, name)
}
