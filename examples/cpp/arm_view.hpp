// Renders arms side by side without a window, by MuJoCo on EGL, into one PNG file.
#ifndef EXAMPLES_ARM_VIEW_HPP
#define EXAMPLES_ARM_VIEW_HPP

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

class arm_view {
 public:
  using point = std::array<double, 3>;
  struct path {
    std::vector<point> points;
    std::array<float, 4> colour;
  };

  arm_view(const mjModel *model, int panels) : model_(model), panels_(panels), pixels_(3 * row() * panel_height) {
    const auto display_of = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
    const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_DEPTH_SIZE, 24, EGL_NONE};
    EGLint count = 0;
    EGLConfig config = nullptr;
    if (display_of != nullptr) display_ = display_of(EGL_PLATFORM_SURFACELESS_MESA, nullptr, nullptr);
    if (display_ == EGL_NO_DISPLAY || !eglInitialize(display_, nullptr, nullptr) || !eglBindAPI(EGL_OPENGL_API) ||
        !eglChooseConfig(display_, wanted, &config, 1, &count) || count == 0)
      throw std::runtime_error("no OpenGL without a window here; Mesa's EGL has it (Debian: libegl-mesa0)");
    context_ = eglCreateContext(display_, config, EGL_NO_CONTEXT, nullptr);
    if (context_ == EGL_NO_CONTEXT || !eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_))
      throw std::runtime_error("EGL gives no context of OpenGL");
    mjr_defaultContext(&renderer_);
    mjr_makeContext(model, &renderer_, mjFONTSCALE_150);
    mjr_setBuffer(mjFB_OFFSCREEN, &renderer_);
    mjv_defaultScene(&scene_);
    mjv_makeScene(model, &scene_, 4000);
  }
  arm_view(const arm_view &) = delete;
  arm_view &operator=(const arm_view &) = delete;
  ~arm_view() {
    mjv_freeScene(&scene_);
    mjr_freeContext(&renderer_);
    eglDestroyContext(display_, context_);
    eglTerminate(display_);
  }

  // An arm, a shadow of where it should be, and paths, from the side.
  void draw(int panel, const char *title, mjData *arm, mjData *should, const std::vector<path> &paths) {
    mjvCamera camera;
    mjvOption option;
    mjv_defaultCamera(&camera);
    mjv_defaultOption(&option);
    camera.lookat[0] = -0.17, camera.lookat[1] = 0, camera.lookat[2] = 0.78;
    camera.distance = 1.2, camera.azimuth = 90, camera.elevation = -8;
    mjv_updateScene(model_, arm, &option, nullptr, &camera, mjCAT_ALL, &scene_);
    const int own = scene_.ngeom;
    mjv_addGeoms(model_, should, &option, nullptr, mjCAT_DYNAMIC, &scene_);
    for (int i = own; i < scene_.ngeom; i++) scene_.geoms[i].rgba[3] = 0.25f;
    for (const path &one : paths)
      for (std::size_t i = 1; i < one.points.size() && scene_.ngeom < scene_.maxgeom; i++) {
        const point &a = one.points[i - 1], &b = one.points[i];
        mjvGeom &line = scene_.geoms[scene_.ngeom++];
        mjv_initGeom(&line, mjGEOM_CAPSULE, nullptr, nullptr, nullptr, one.colour.data());
        mjv_makeConnector(&line, mjGEOM_CAPSULE, 0.004, a[0], a[1], a[2], b[0], b[1], b[2]);
      }
    const mjrRect all = {0, 0, panel_width, panel_height};
    mjr_render(all, &scene_, &renderer_);
    mjr_overlay(mjFONT_BIG, mjGRID_TOPLEFT, all, title, nullptr, &renderer_);
    std::vector<std::uint8_t> drawn(3 * panel_width * panel_height);
    mjr_readPixels(drawn.data(), nullptr, all, &renderer_);
    for (std::size_t y = 0; y < panel_height; y++) // from the bottom
      std::copy_n(drawn.data() + 3 * panel_width * (panel_height - 1 - y), 3 * panel_width,
                  pixels_.data() + 3 * (y * row() + static_cast<std::size_t>(panel) * panel_width));
  }

  // A PNG file of stored blocks, one a line. Source: RFC 2083, RFC 1950, RFC 1951.
  void write(const char *file_name) const {
    std::vector<std::uint8_t> header, data = {0x78, 0x01};
    put(header, static_cast<std::uint32_t>(row()));
    put(header, panel_height);
    header.insert(header.end(), {8, 2, 0, 0, 0}); // 8 bits, red green blue
    std::uint32_t a = 1, b = 0; // of Adler's checksum
    for (std::size_t y = 0; y < panel_height; y++) {
      const std::size_t bytes = 1 + 3 * row();
      const auto low = static_cast<std::uint8_t>(bytes & 255), high = static_cast<std::uint8_t>(bytes >> 8);
      data.insert(data.end(), {static_cast<std::uint8_t>(y + 1 == panel_height), low, high, static_cast<std::uint8_t>(~low),
                               static_cast<std::uint8_t>(~high), 0});
      data.insert(data.end(), pixels_.begin() + static_cast<std::ptrdiff_t>(3 * row() * y),
                  pixels_.begin() + static_cast<std::ptrdiff_t>(3 * row() * (y + 1)));
      for (std::size_t i = data.size() - bytes; i < data.size(); i++) a = (a + data[i]) % 65521, b = (b + a) % 65521;
    }
    put(data, b << 16 | a);
    std::FILE *file = std::fopen(file_name, "wb");
    if (file == nullptr) throw std::runtime_error(std::string(file_name) + " cannot be written");
    bool whole = std::fwrite("\x89PNG\r\n\x1a\n", 1, 8, file) == 8;
    whole = chunk(file, "IHDR", header) && chunk(file, "IDAT", data) && chunk(file, "IEND", {}) && whole;
    if (std::fclose(file) != 0 || !whole) throw std::runtime_error(std::string(file_name) + " could not be written whole");
  }

 private:
  static constexpr int panel_width = 480, panel_height = 480; // MuJoCo's own buffer has 640 by 480

  std::size_t row() const { return static_cast<std::size_t>(panels_) * panel_width; }

  static void put(std::vector<std::uint8_t> &bytes, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }

  static bool chunk(std::FILE *file, const char *type, const std::vector<std::uint8_t> &content) {
    std::vector<std::uint8_t> bytes;
    put(bytes, static_cast<std::uint32_t>(content.size()));
    bytes.insert(bytes.end(), type, type + 4);
    bytes.insert(bytes.end(), content.begin(), content.end());
    std::uint32_t sum = 0xFFFFFFFF; // CRC-32 of type and content
    for (std::size_t i = 4; i < bytes.size(); i++) {
      sum ^= bytes[i];
      for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (0xEDB88320 & (0 - (sum & 1)));
    }
    put(bytes, ~sum);
    return std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  }

  const mjModel *model_;
  int panels_;
  std::vector<std::uint8_t> pixels_;
  EGLDisplay display_ = EGL_NO_DISPLAY;
  EGLContext context_ = EGL_NO_CONTEXT;
  mjrContext renderer_;
  mjvScene scene_;
};

#endif
