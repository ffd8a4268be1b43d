/// Takes the place of the thread sanitizer's function for Swift's access markers, by the linker's `--wrap`.
///
/// A marker stands for the whole struct behind a pointer. Here one struct has fields under several locks, and locks and atomic
/// words themselves, so two markers at once are right. Every load and store stays watched.
@c(__wrap___tsan_external_write)
public func ignoreAccessMarker(
  _ address: UnsafeMutableRawPointer?, _ caller: UnsafeMutableRawPointer?,
  _ tag: UnsafeMutableRawPointer?
) {}
