import Foundation

/// An SVG picture that is put together from panels with axes.
struct Drawing {
  struct Panel {
    var left: Double
    var top: Double
    var width: Double
    var height: Double
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>

    func place(_ x: Double, _ y: Double) -> (Double, Double) {
      (
        left + width * (x - self.x.lowerBound) / (self.x.upperBound - self.x.lowerBound),
        top + height * (self.y.upperBound - y) / (self.y.upperBound - self.y.lowerBound)
      )
    }
  }

  private var body = ""
  private let width: Int
  private let height: Int

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  var text: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
    viewBox="0 0 \(width) \(height)" font-family="sans-serif" font-size="12">
    <rect width="\(width)" height="\(height)" fill="white"/>
    \(body)</svg>

    """
  }

  /// Frame, title, and the ends of both axes.
  mutating func frame(_ panel: Panel, title: String, x: String, y: String) {
    body +=
      "<rect x=\"\(panel.left)\" y=\"\(panel.top)\" width=\"\(panel.width)\" height=\"\(panel.height)\" fill=\"none\" stroke=\"#999\"/>\n"
    write(title, panel.left, panel.top - 8, anchor: "start", size: 14)
    let bottom = panel.top + panel.height
    write(number(panel.x.lowerBound), panel.left, bottom + 15, anchor: "start")
    write(number(panel.x.upperBound), panel.left + panel.width, bottom + 15, anchor: "end")
    write(x, panel.left + panel.width / 2, bottom + 15, anchor: "middle")
    write(number(panel.y.upperBound), panel.left - 5, panel.top + 10, anchor: "end")
    write(number(panel.y.lowerBound), panel.left - 5, bottom, anchor: "end")
    write(y, panel.left - 5, panel.top + panel.height / 2, anchor: "end")
  }

  mutating func line(
    _ panel: Panel, _ points: [(Double, Double)], _ colour: String, dashed: Bool = false
  ) {
    let places = points.map { point in
      let (x, y) = panel.place(point.0, point.1)
      return String(format: "%.1f,%.1f", x, y)
    }
    body +=
      "<polyline points=\"\(places.joined(separator: " "))\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.5\"\(dashed ? " stroke-dasharray=\"5 3\"" : "")/>\n"
  }

  mutating func dots(_ panel: Panel, _ points: [(Double, Double)], _ colour: String, radius: Double)
  {
    for point in points {
      let (x, y) = panel.place(point.0, point.1)
      body += String(
        format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%@\" fill-opacity=\"0.6\"/>\n",
        x, y,
        radius, colour)
    }
  }

  /// A cell of a table: the darker, the larger `shade`, 0 .. 1.
  mutating func cell(
    _ left: Double, _ top: Double, _ width: Double, _ height: Double, shade: Double, text: String
  ) {
    body += String(
      format:
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#2471a3\" fill-opacity=\"%.3f\" stroke=\"#ccc\"/>\n",
      left, top, width, height, shade)
    write(
      text, left + width / 2, top + height / 2 + 4, anchor: "middle",
      colour: shade > 0.5 ? "#fff" : "#333")
  }

  mutating func write(
    _ text: String, _ x: Double, _ y: Double, anchor: String, size: Int = 12,
    colour: String = "#333"
  ) {
    body +=
      "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\" font-size=\"\(size)\" fill=\"\(colour)\">\(text)</text>\n"
  }

  private func number(_ value: Double) -> String { String(format: "%.3g", value) }
}
