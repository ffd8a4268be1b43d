import Testing

@testable import Training
@testable import spikelet

@Suite struct OptionsTests {
  @Test func `options are read`() throws {
    let options = try Options([
      "train", "autoencode", "-o", "a", "--steps", "30", "--seed", "5", "--threads", "2",
      "--trials", "17",
      "--checkpoint", "b", "--picture", "c", "--resume",
    ])
    #expect(
      options.command == .train(.autoEncoding(AutoEncoding())) && options.output == "a"
        && options.stepCount == 30)
    #expect(options.seed == 5 && options.threadCount == 2 && options.resumes)
    #expect(options.groupCount == 2)
    #expect(options.checkpoint == "b" && options.picture == "c")
    #expect(try Options(["quantise", "x", "-o", "y"]).command == .quantise(checkpoint: "x"))
    var known = TouchClassification()
    #expect(
      try Options(["samples", "classify", "-o", "y"]).command == .samples(known))
    known.knownCount = 6
    #expect(
      try Options(["train", "classify", "-o", "y", "--classes", "6"]).command
        == .train(.touchClassification(known)))
    var smooth = DelayedXor(longestGapMilliseconds: 500)
    smooth.growsSmoothly = true
    for order in [["--delay", "500", "--gate", "smooth"], ["--gate", "smooth", "--delay", "500"]] {
      #expect(
        try Options(["train", "xor", "-o", "a"] + order).command == .train(.delayedXor(smooth)))
    }
  }

  @Test(
    arguments: [
      ([], "a command"), (["train"], "a command"),
      (["train", "sing", "-o", "a"], "no task \"sing\""),
      (["fly", "x"], "no command \"fly\""), (["train", "autoencode"], "-o FILE is missing"),
      (["train", "autoencode", "-o"], "-o has no value"),
      (["train", "autoencode", "-o", "a", "--seed", "-1"], "--seed is \"-1\", expected 0 .."),
      (["train", "autoencode", "-o", "a", "--steps", "0"], "expected 1 .. 1000000"),
      (["train", "autoencode", "-o", "a", "--colour", "red"], "no option \"--colour\""),
      (["train", "autoencode", "-o", "a", "--neuron", "leaky"], "--neuron goes with train xor"),
      (["train", "xor", "-o", "a", "--neuron", "round"], "expected leaky or quadratic"),
      (["train", "xor", "-o", "a", "--classes", "4"], "--classes goes with train classify"),
      (["train", "classify", "-o", "a", "--classes", "9"], "--classes is \"9\", expected 2 .. 8"),
      (["samples", "xor", "-o", "a"], "no samples of \"xor\""),
      (["train", "autoencode", "-o", "a", "--delay", "100"], "--delay goes with train xor"),
      (["train", "autoencode", "-o", "a", "--gate", "smooth"], "--gate goes with train xor"),
      (["train", "xor", "-o", "a", "--gate", "soft"], "expected smooth or hard"),
      (["train", "xor", "-o", "a", "--delay", "9"], "expected 10 .. 5000"),
      (["train", "autoencode", "-o", "a", "--resume"], "--resume goes with --checkpoint"),
    ] as [([String], String)])
  func `wrong arguments are refused, each with its sentence`(arguments: [String], sentence: String)
  {
    let found = #expect(throws: Failure.self) { try Options(arguments) }
    #expect(found?.sentence.contains(sentence) == true, "\(found?.sentence ?? "")")
  }
}
