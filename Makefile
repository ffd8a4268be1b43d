# Builds, stages, checks and installs Spikelet. `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PREFIX ?= /usr/local
DESTDIR ?=
CFLAGS ?= -O2 -g
ADAPT_SEEDS ?= 1
OBJCOPY ?= objcopy
STRIP ?= strip
PKG_CONFIG ?= pkg-config
EMBEDDED_SCRATCH ?= .build-embedded
FULL_SCRATCH ?= .build-full
BOARD_SCRATCH ?= .build-board
# For another processor than the host's: where the library is built, and what its compiler is told. See scripts/test-aarch64.
BUILT ?= build/lib
SWIFT_FLAGS ?=
ifneq ($(wildcard ../shared/data),)
SPIKELET_DATA ?= $(abspath ../shared/data)
endif

version := 0.1.0
soname := libspikelet.so.0
archive := $(EMBEDDED_SCRATCH)/release/libspikelet-objects.a
library := $(BUILT)/libspikelet.so.$(version) $(BUILT)/libspikelet.a $(BUILT)/spikelet.pc
headers := $(wildcard include/spikelet/*.h include/spikelet/*.hpp)
root = $(DESTDIR)$(PREFIX)

# A program against the staged tree, as a user builds it: $(call program,OUTPUT,SOURCES)
stage := $(CURDIR)/build/stage
staged := PKG_CONFIG_PATH=$(stage)/lib/pkgconfig LD_LIBRARY_PATH=$(stage)/lib
program = mkdir -p $(dir $(1)) && $(CC) $(CFLAGS) -o $(1) $(2) $$($(staged) $(PKG_CONFIG) --cflags --libs spikelet) -lm
# One of examples/cpp, in the same way: $(call control_program,NAME,LIBRARIES)
control_program = $(CXX) -std=c++17 $(CFLAGS) -o build/control/$(1) examples/cpp/$(1).cpp \
  $$($(staged) $(PKG_CONFIG) --cflags --libs spikelet) $(2)
digits := $(shell grep -L '^int main\b' examples/c/*.c)

# What the programs of studies are made of.
charts := examples/c/chart.c studies/lines.c studies/study.c
represent := represent.c represent_picture.c balance.c measure.c
learn_dynamics := learn_dynamics.c dynamics_picture.c dynamics.c ring_fit.c

export CC EMBEDDED_SCRATCH FULL_SCRATCH
ifneq ($(SPIKELET_DATA),)
export SPIKELET_DATA
endif

.PHONY: help library stage install board testbed demo control test test-kernel test-aarch64 nightly bench bench-kernels bench-growth \
  bench-peers bench-training \
  accuracy train train-xor adapt representations studies abi lint format clean FORCE

help: ## lists the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 20

demo: stage ## learns to read digits on a simulated board
	@$(call program,build/demo/learn_digits,examples/c/learn_digits.c $(digits))
	@$(staged) build/demo/learn_digits --picture build/demo/learn_digits.svg

control: stage ## learns to control a joint that changes, at 1 kHz, and an arm where MuJoCo is
	@mkdir -p build/control
	@$(call control_program,adaptive_oscillator,)
	@$(staged) build/control/adaptive_oscillator --picture build/control/adaptive_oscillator.svg
	@if CXX="$(CXX)" scripts/has-mujoco; then \
	  $(call control_program,adaptive_arm,-lmujoco -lEGL); \
	  $(staged) build/control/adaptive_arm --picture build/control/adaptive_arm.svg --render build/control/adaptive_arm.png; \
	else echo "no arm: MuJoCo 2 and EGL are not here (Debian: libmujoco-dev, libegl-dev)"; fi

test: ## runs every test
	@scripts/bootstrap test
	@scripts/test

test-kernel: stage board ## runs programs against boards on USB in an emulated kernel
	@scripts/bootstrap kernel
	@scripts/test-kernel

test-aarch64: stage ## builds the library for 64-bit ARM, and runs programs against it in an emulator
	@scripts/test-aarch64

nightly: ## runs what takes too long for each commit: emulated kernel, accuracy, studies, peers, long fault campaigns
	@scripts/nightly

bench: stage board testbed ## measures start-up, size, learning speed and the cost of calls and of links
	@$(call program,build/bench/latency,Benchmarks/latency.c)
	@$(call program,build/bench/calls,Benchmarks/calls.c)
	@$(call program,build/bench/link,Benchmarks/link.c)
	@$(call program,build/bench/usb,Benchmarks/usb.c -lusb-1.0)
	@end=0; export $(staged); build/bench/latency build/bench $(stage)/lib/$(soname) || end=1; \
	  build/bench/calls build/bench || end=1; build/bench/link build/bench build/bin/spikelet-board || end=1; \
	  umockdev-wrapper build/bin/testbed 1 build/bench/usb build/bench || end=1; \
	  $(MAKE) bench-kernels || echo "bars of the kernels are missed; docs/performance.md has those that are known"; exit $$end

bench-kernels: stage ## measures the kernels beside the same work in C (x86-64 with AVX2)
	@mkdir -p build/bench
	@$(CC) -O3 -mavx2 -mfma -g -Iexamples/c -o build/bench/kernels Benchmarks/kernels/*.c $(digits) \
	  $$($(staged) $(PKG_CONFIG) --cflags --libs spikelet) -lm
	@$(staged) build/bench/kernels build/bench

bench-growth: stage ## measures time and memory from 10^4 synapses to 10^8, and draws them (1.1 GB of memory)
	@mkdir -p build/bench
	@$(CC) -O3 -g -Iexamples/c -o build/bench/growth Benchmarks/growth.c Benchmarks/kernels/{workloads,largest_block}.c \
	  examples/c/chart.c studies/lines.c $$($(staged) $(PKG_CONFIG) --cflags --libs spikelet) -lm
	@$(staged) build/bench/growth build/bench

bench-peers: stage ## measures the board beside Brian2, Nengo and snnTorch, which it installs in .venv
	@scripts/bootstrap torch
	@mkdir -p build/bench
	@$(CC) -O3 -g -Iexamples/c -o build/bench/peer_board Benchmarks/peers/peer_board.c \
	  Benchmarks/kernels/{workloads,largest_block,recurrent_board}.c $$($(staged) $(PKG_CONFIG) --cflags --libs spikelet) -lm
	@python=$$(scripts/python-venv); $(staged) "$$python" Benchmarks/peers/peers.py build/bench

bench-training: ## measures a step of a training beside PyTorch, which is Debian's python3-torch
	@scripts/bootstrap torch
	@SPIKELET_NATIVE=1 env -u CC swift build -c release --product training-step --scratch-path $(BOARD_SCRATCH)
	@/usr/bin/python3 Benchmarks/training/training_step.py $(BOARD_SCRATCH)/release/training-step build/bench

accuracy: stage ## measures what the classifiers reach; ACCURACY holds options, as "--row A --seeds 1"
	@$(call program,build/accuracy/accuracy,$(wildcard Benchmarks/accuracy*.c) $(digits))
	@$(staged) build/accuracy/accuracy --curves build/accuracy/curves.jsonl --picture build/accuracy/curves.svg \
	  $(ACCURACY) | tee build/accuracy/rows.jsonl

representations: stage studies ## learns to represent signals and dynamics; REPRESENTATIONS holds options, as "--seeds 1"
	@end=0; export $(staged); for study in represent learn_dynamics; do \
	  build/studies/$$study --pictures build/studies $(REPRESENTATIONS) | tee build/studies/$$study.jsonl || end=1; \
	done; exit $$end

studies:
	@$(call program,build/studies/represent,$(addprefix studies/,$(represent)) $(charts))
	@$(call program,build/studies/learn_dynamics,$(addprefix studies/,$(learn_dynamics)) $(charts))

# The tool that trains networks, for the processor of this machine.
trainer := $(BOARD_SCRATCH)/release/spikelet
build_trainer = SPIKELET_NATIVE=1 env -u CC swift build -c release --product spikelet --scratch-path $(BOARD_SCRATCH)

train: stage ## trains a network that tracks a signal, and runs it on a board; TRAIN holds options, as "--seed 2"
	@$(build_trainer)
	@mkdir -p build/train
	@$(trainer) train autoencode -o build/train/autoencode.safetensors \
	  --picture build/train/autoencode.svg --checkpoint build/train/autoencode.checkpoint $(TRAIN)
	@$(call program,build/train/track_signal,examples/c/track_signal.c)
	@$(staged) build/train/track_signal build/train/autoencode.safetensors

adapt: stage ## trains a classifier of touches, which then adapts on a board to what has changed; ADAPT_SEEDS holds seeds
	@$(build_trainer)
	@$(call program,build/adapt/adapt_touch,examples/c/adapt_touch.c $(digits))
	@end=0; for seed in $(ADAPT_SEEDS); do \
	  path=build/adapt/$$seed; \
	  $(trainer) train classify --classes 6 --seed $$seed -o $$path.safetensors --picture $$path-trained.svg; \
	  $(trainer) samples classify --trials 4096 --seed $$seed -o $$path-touches.txt; \
	  $(staged) build/adapt/adapt_touch $$path.safetensors $$path-touches.txt --seed $$seed --picture $$path.svg | \
	    tee $$path.csv || end=1; \
	done; exit $$end

train_xor = $(trainer) train xor --delay 500 --threads 2 -o $(1).safetensors --picture $(1).svg --checkpoint $(1).checkpoint

train-xor: ## learns the delayed XOR with gaps of up to half a second, with a hard threshold and with a smooth gate; XOR holds options, as "--seed 2"
	@$(build_trainer)
	@mkdir -p build/train
	@$(call train_xor,build/train/xor) $(XOR) | tee build/train/xor.log
	@$(call train_xor,build/train/xor-smooth) --gate smooth $(XOR) | tee build/train/xor-smooth.log

abi: ## writes the baseline of the C ABI anew, and says what changed
	@scripts/abi refresh

board: ## builds spikelet-board, which serves simulated boards
	@scripts/bootstrap build
	@env -u CC swift build -c release --product spikelet-board --scratch-path $(BOARD_SCRATCH)
	@install -D -m 755 $(BOARD_SCRATCH)/release/spikelet-board build/bin/spikelet-board
	@echo "built build/bin/spikelet-board"

# A testbed of simulated USB boards for one program: Tests/usb/testbed.c, with what usbfs does.
testbed:
	@scripts/bootstrap test
	@env -u CC swift build -c release --product board-port --scratch-path $(BOARD_SCRATCH)
	@mkdir -p build/bin
	@gcc -std=gnu11 -O1 -g -Wall -Wextra -Wpedantic -Werror -o build/bin/testbed Tests/usb/{testbed,usbfs}.c \
	  $$($(PKG_CONFIG) --cflags --libs umockdev-1.0) -L$(BOARD_SCRATCH)/release -lboard-port \
	  -Wl,-rpath,$(abspath $(BOARD_SCRATCH))/release
	@echo "built build/bin/testbed"

install: library ## installs below PREFIX (/usr/local)
	@install -d $(root)/include/spikelet $(root)/lib/pkgconfig
	@install -m 644 $(headers) $(root)/include/spikelet
	@install -m 755 $(BUILT)/libspikelet.so.$(version) $(root)/lib
	@install -m 644 $(BUILT)/libspikelet.a $(root)/lib
	@install -m 644 $(BUILT)/spikelet.pc $(root)/lib/pkgconfig
	@ln -sf libspikelet.so.$(version) $(root)/lib/$(soname)
	@ln -sf $(soname) $(root)/lib/libspikelet.so
	@echo "installed in $(root)"

lint: ## checks the layout of the sources and the warnings of C files
	@scripts/lint

format: ## lays out the Swift sources
	@swift format --in-place --recursive Sources firmware-sim Tests Package.swift

clean: ## removes what was built
	rm -rf build .build-thread .cache-kernel $(EMBEDDED_SCRATCH) $(FULL_SCRATCH) $(BOARD_SCRATCH) .build-aarch64 .venv

library: $(library)

stage:
	@scripts/bootstrap build
	@rm -rf $(stage)
	@$(MAKE) install PREFIX=$(stage) DESTDIR=

# SwiftPM knows what is out of date, but never takes the object of a deleted source out of an old archive.
$(archive): FORCE
	@rm -f $@
	@SPIKELET_EMBEDDED=1 env -u CC swift build -c release --product spikelet-objects --scratch-path $(EMBEDDED_SCRATCH) $(SWIFT_FLAGS)

# What makes the code smaller and leaves the hot loops as fast: blocks laid out for size, no strength reduction, spills
# placed and instructions ordered for fewer of them, comparisons in place of small tables, and repeated instructions moved
# into functions.
smaller := -apply-ext-tsp-for-size -disable-lsr -split-spill-mode=size -pre-RA-sched=list-burr -min-jump-table-entries=8 \
  -enable-machine-outliner=always

# One object with the functions of the headers and what they need, optimised as a whole; all else is dropped or made
# local, so that nothing of it meets another Swift in the same program. It keeps frame pointers for debuggers, and has no
# unwind tables: no exception passes through it.
$(BUILT)/spikelet.o: $(archive) $(headers) scripts/list-api packaging/spikelet.map
	@mkdir -p $(@D)
	@"$$(scripts/toolchain)/ld.lld" -shared -o /dev/null --lto-obj-path=$@ --version-script=packaging/spikelet.map \
	  --lto-newpm-passes='mergefunc,default<Oz>,mergefunc,globaldce' $(patsubst %,-mllvm %,-enable-tlsdesc $(smaller)) \
	  --gc-sections \
	  $$(scripts/list-api | sed 's/^/--undefined=/') --whole-archive $<
	@$(OBJCOPY) --wildcard --keep-global-symbol='spk_*' --strip-debug --remove-section=.eh_frame --remove-section=.llvm_addrsig --remove-section=.deplibs \
	  --remove-section=.swift1_autolink_entries --remove-section=.swift_modhash $@

$(BUILT)/libspikelet.so.$(version): $(BUILT)/spikelet.o packaging/spikelet.map
	@$(CC) -shared -o $@ $< $(LDFLAGS) -B"$$(scripts/toolchain)" -fuse-ld=lld -Wl,-soname,$(soname) \
	  -Wl,--version-script=packaging/spikelet.map -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,--no-rosegment \
	  -Wl,--hash-style=gnu -Wl,-O2 -Wl,--no-undefined -Wl,--no-as-needed -lusb-1.0 \
	  -Wl,--as-needed -lpthread
	@$(STRIP) --remove-section=.comment $@

$(BUILT)/libspikelet.a: $(BUILT)/spikelet.o
	@rm -f $@
	@$(AR) rcs $@ $<

$(BUILT)/spikelet.pc: packaging/spikelet.pc.in Makefile
	@mkdir -p $(@D)
	@sed 's/@VERSION@/$(version)/' $< >$@
