import CPlatform
import Fault
import Memory

extension Model {
  /// Reads a model from a safetensors file. Blocks on the disk.
  ///
  /// - Throws: `SPK_ERROR_NOT_FOUND` if there is no such file, `SPK_ERROR_IO` if it cannot be read, and what `decode`
  ///   throws; sentences begin with the path.
  public static func load(path: UnsafePointer<CChar>) throws(Fault) -> Model {
    let bytes: Buffer<UInt8>
    do throws(Fault) {
      bytes = try readFile(path)
    } catch {
      throw error.at("\(pathSentence(path))")
    }
    return try decode(UnsafeBufferPointer(bytes.elements), source: pathSentence(path))
  }

  /// Checks the model and writes it to a new file beside `path`, which takes the place of `path` at the end.
  ///
  /// Blocks until the disk has it. On failure `path` is as it was and the new file is gone.
  ///
  /// - Throws: what `encode` throws, `SPK_ERROR_NOT_FOUND` if there is no such directory, `SPK_ERROR_IO`.
  public func save(path: UnsafePointer<CChar>) throws(Fault) {
    do throws(Fault) {
      let bytes = try encode()
      try replaceFile(path, UnsafeBufferPointer(bytes.elements))
    } catch {
      throw error.at("\(pathSentence(path))")
    }
  }
}

private func pathSentence(_ path: UnsafePointer<CChar>) -> Sentence {
  let bytes = UnsafeBufferPointer(cString: path)
  var sentence = Sentence()
  sentence.append(UnsafeBufferPointer(rebasing: bytes[0..<min(bytes.count, 200)]))
  return sentence
}

/// The fault of a call of the C library that failed just now.
private func systemFault(_ doing: StaticString) -> Fault {
  let number = spk_platform_errno()
  return Fault(
    number == ENOENT ? .SPK_ERROR_NOT_FOUND : .SPK_ERROR_IO,
    "cannot \(doing): \(UnsafeBufferPointer(cString: strerror(number)))")
}

private func readFile(_ path: UnsafePointer<CChar>) throws(Fault) -> Buffer<UInt8> {
  guard let file = fopen(path, ("rb" as StaticString).cString) else { throw systemFault("open it") }
  defer { fclose(file) }
  var status = stat()
  guard fstat(fileno(file), &status) == 0 else { throw systemFault("ask for its size") }
  guard Int32(truncatingIfNeeded: status.st_mode) & S_IFMT == S_IFREG else {
    throw Fault(.SPK_ERROR_IO, "it is not a regular file")
  }
  let bytes = try Buffer<UInt8>(count: Int(status.st_size), repeating: 0)
  guard fread(bytes.base, 1, bytes.count, file) == bytes.count else {
    guard ferror(file) == 0 else { throw systemFault("read it") }
    throw Fault(.SPK_ERROR_IO, "it became shorter while it was read; try again")
  }
  return bytes
}

private func replaceFile(
  _ path: UnsafePointer<CChar>, _ bytes: UnsafeBufferPointer<UInt8>
) throws(Fault) {
  var temporary = List<UInt8>()
  let file = try createBeside(path, &temporary)
  let temporaryPath = UnsafeRawPointer(temporary.elements.baseAddress.unsafelyUnwrapped)
    .assumingMemoryBound(to: CChar.self)
  guard fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count, fflush(file) == 0,
    fsync(fileno(file)) == 0
  else {
    let fault = systemFault("write it")
    fclose(file)
    unlink(temporaryPath)
    throw fault
  }
  guard fclose(file) == 0, rename(temporaryPath, path) == 0 else {
    let fault = systemFault("put the new file in its place")
    unlink(temporaryPath)
    throw fault
  }
}

/// Opens a new file `<path>.<process>-<n>.new`; its name with a closing zero goes to `name`.
private func createBeside(
  _ path: UnsafePointer<CChar>, _ name: inout List<UInt8>
) throws(Fault) -> UnsafeMutablePointer<FILE> {
  for attempt in 0..<100 {
    var suffix: Sentence = "."
    suffix.append(Int(getpid()))
    suffix.append("-" as StaticString)
    suffix.append(attempt)
    suffix.append(".new" as StaticString)
    name.removeAll()
    try name.append(UnsafeBufferPointer(cString: path))
    for index in 0..<suffix.count { try name.append(suffix[index]) }
    try name.append(0)
    let candidate = UnsafeRawPointer(name.elements.baseAddress.unsafelyUnwrapped)
      .assumingMemoryBound(to: CChar.self)
    if let file = fopen(candidate, ("wbx" as StaticString).cString) { return file }
    guard spk_platform_errno() == EEXIST else { break }
  }
  throw systemFault("create a new file beside it")
}
