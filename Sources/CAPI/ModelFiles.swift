import CSpikelet
import Fault
import Memory
import Model
import Runtime

/// A model and the context that it belongs to.
struct ModelBody: HandleBody, ~Copyable {
  static var kind: HandleKind { .model }
  let parent: ObjectPointer<ContextBody>
  var model: Model

  init(parent: ObjectPointer<ContextBody>, model: consuming Model) {
    self.parent = parent
    self.model = model
  }
}

/// Runs `body` on a model, alone.
@inline(never)
func enterModel(
  _ handle: OpaquePointer?, _ body: (inout Model) throws(Fault) -> Void
) -> spk_status {
  enter(handle, ModelBody.self) { object throws(Fault) in
    object.lock()
    defer { object.unlock() }
    try body(&object.pointee.body.model)
  }
}

/// Makes a handle for a model that `make` gives.
@inline(never)
func makeModel(
  _ context: OpaquePointer?, _ result: UnsafeMutablePointer<OpaquePointer?>?,
  _ make: () throws(Fault) -> Model
) -> spk_status {
  enter(context, ContextBody.self) { owner throws(Fault) in
    let result = try require(result, "model")
    let model = try make()
    result.pointee = try makeHandle(
      ModelBody(parent: owner, model: model), context: key(context), logger: owner.pointee.logger)
    owner.addChild()
  }
}

@c @implementation
public func spk_model_create(
  _ context: OpaquePointer?, _ name: UnsafePointer<CChar>?,
  _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> spk_status {
  makeModel(context, model) { () throws(Fault) in try Model(name: try CAPI.name(name, "name")) }
}

@c @implementation
public func spk_model_load_file(
  _ context: OpaquePointer?, _ path: UnsafePointer<CChar>?,
  _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> spk_status {
  makeModel(context, model) { () throws(Fault) in
    guard let path else { throw Fault(.SPK_ERROR_ARGUMENT, "path is null") }
    return try Model.load(path: path)
  }
}

@c @implementation
public func spk_model_load_memory(
  _ context: OpaquePointer?, _ bytes: UnsafeRawPointer?, _ size: Int,
  _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> spk_status {
  makeModel(context, model) { () throws(Fault) in
    let start = bytes?.assumingMemoryBound(to: UInt8.self)
    return try Model.decode(try array(start, size, "bytes"), source: "model in memory")
  }
}

@c @implementation
public func spk_model_close(_ model: OpaquePointer?) -> spk_status {
  close(model, ModelBody.self) { $0.pointee.body.parent.removeChild() }
}

@c @implementation
public func spk_model_save_file(
  _ model: OpaquePointer?, _ path: UnsafePointer<CChar>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    guard let path else { throw Fault(.SPK_ERROR_ARGUMENT, "path is null") }
    try model.save(path: path)
  }
}

@c @implementation
public func spk_model_save_memory(
  _ model: OpaquePointer?, _ bytes: UnsafeMutableRawPointer?, _ capacity: Int,
  _ size: UnsafeMutablePointer<Int>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let room = try array(bytes?.assumingMemoryBound(to: UInt8.self), capacity, "bytes")
    let encoded = try model.encode()
    guard try fits(room, size, needed: encoded.count, "bytes", countName: "size") else {
      return
    }
    for index in 0..<encoded.count { room[index] = encoded[index] }
  }
}

@c @implementation
public func spk_model_check(_ model: OpaquePointer?) -> spk_status {
  enterModel(model) { model throws(Fault) in try model.check() }
}

@c @implementation
public func spk_model_place(
  _ model: OpaquePointer?, _ board: UnsafePointer<spk_board_options>?,
  _ cores: UnsafeMutablePointer<spk_core_use>?, _ capacity: Int,
  _ count: UnsafeMutablePointer<Int>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let size = try simulatedBoard(board).size
    let room = try array(cores, capacity, "cores")
    let placement = try Placement(model, on: size)
    guard try fits(room, count, needed: size.cores, "cores") else { return }
    for core in 0..<size.cores {
      let use = placement.cores[core]
      room[core] = spk_core_use(
        neurons: UInt32(use.neurons), slices: UInt32(use.slices), synapses: UInt64(use.synapses),
        bytes: UInt64(use.bytes),
        neurons_permille: UInt32(use.neurons * 1_000 / size.neuronsPerCore),
        bytes_permille: UInt32(use.bytes * 1_000 / size.synapseBytesPerCore))
    }
  }
}
