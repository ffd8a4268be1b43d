import CPlatform
import CSpikelet
import Fault

extension Dispatcher {
  /// Gets the descriptors, and the thread if there is to be one; the first call does it.
  ///
  /// - Throws: IO.
  mutating func start(_ dispatcher: Pointer) throws(Fault) {
    pthread_mutex_lock(&lock)
    defer { pthread_mutex_unlock(&lock) }
    try openDescriptors()
    guard hasThread, !isRunning else { return }
    let failure = spk_platform_thread(&thread, Dispatcher.runThread, dispatcher)
    guard failure == 0 else {
      throw Fault(.SPK_ERROR_IO, "the system gives no thread (error \(failure))")
    }
    isRunning = true
  }

  private static let runThread:
    @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { raw in
      guard let dispatcher = raw?.assumingMemoryBound(to: Dispatcher.self) else { return nil }
      while !dispatcher.locked({ $0.pointee.isClosing }) { _ = step(dispatcher, until: Int64.max) }
      return nil
    }

  private mutating func openDescriptors() throws(Fault) {
    guard inner < 0 else { return }
    wake = spk_platform_event()
    timer = spk_platform_timer()
    ready = spk_platform_event()
    inner = spk_platform_set()
    guard wake >= 0, timer >= 0, ready >= 0, inner >= 0,
      spk_platform_set_add(inner, wake) == 0, spk_platform_set_add(inner, timer) == 0
    else {
      closeDescriptors()
      throw Dispatcher.noDescriptor
    }
  }

  mutating func closeDescriptors() {
    Dispatcher.closeDescriptor(&wake)
    Dispatcher.closeDescriptor(&timer)
    Dispatcher.closeDescriptor(&ready)
    Dispatcher.closeDescriptor(&inner)
    Dispatcher.closeDescriptor(&outer)
  }

  private static func closeDescriptor(_ descriptor: inout Int32) {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  private static var noDescriptor: Fault {
    Fault(
      .SPK_ERROR_IO,
      "the system gives no descriptor (error \(spk_platform_errno())); close some, or raise the limit"
    )
  }

  /// What a program polls: readable while completions wait or, without a thread, a step has something to do.
  public static func descriptor(_ dispatcher: Pointer) throws(Fault) -> Int32 {
    try dispatcher.locked { (dispatcher) throws(Fault) in
      try dispatcher.pointee.openDescriptors()
      guard !dispatcher.pointee.hasThread else { return dispatcher.pointee.ready }
      guard dispatcher.pointee.outer < 0 else { return dispatcher.pointee.outer }
      let outer = spk_platform_set()
      guard outer >= 0, spk_platform_set_add(outer, dispatcher.pointee.inner) == 0,
        spk_platform_set_add(outer, dispatcher.pointee.ready) == 0
      else {
        if outer >= 0 { close(outer) }
        throw noDescriptor
      }
      dispatcher.pointee.outer = outer
      return outer
    }
  }
}
