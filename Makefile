# Two commands: `make demo` and `make test`. The rest is for contributors.
SWIFT ?= swift
BIN = .build/release
OUT ?= out/german-credit

.PHONY: demo trees test build setup bench dist lint format fuzz reference onnx-proto clean

demo: build
	@rm -rf $(OUT) $(OUT).store
	@$(BIN)/zkmlops run Examples/german-credit/pipeline.yaml --out $(OUT) --store $(OUT).store
	@echo
	@$(BIN)/zkmlops verify $(OUT)

# The tests' own product: --build-tests would compile the plugins of all dependencies too, among them protoc in C++.
test: build
	$(SWIFT) build -c release --product zkmlopsPackageTests
	$(SWIFT) test -c release --skip-build

build: setup
	@$(SWIFT) build -c release --product zkmlops
	@$(SWIFT) build -c release --product zkmlops-verify

# Installs what a bare machine lacks; does nothing when all is there.
setup:
	@Scripts/setup

bench: build
	@$(BIN)/zkmlops bench

# Stand-alone binaries without a Swift run-time beside them.
dist: setup
	@Scripts/dist

lint: setup
	@Scripts/lint

format:
	$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests

fuzz: setup
	@Scripts/fuzz

# The tree of the credit example with its certificate, in both verifiers.
trees: build
	@rm -rf out/tree out/tree.store
	@$(BIN)/zkmlops run Examples/german-credit/tree.yaml --out out/tree --store out/tree.store
	@$(BIN)/zkmlops verify out/tree
	@python3 reference/verify_bundle.py out/tree

# The independent verifier in Python on the demo's bundle.
reference: demo
	@python3 reference/test_bundle.py $(OUT)
	@rm -rf $(OUT).data && mkdir -p $(OUT).data && tar xf Tests/CompatibilityTests/Golden/data-claims-p128.tar -C $(OUT).data
	@python3 reference/test_bundle.py $(OUT).data

# Writes Sources/ONNXProto anew from the ONNX package's own description.
onnx-proto:
	@Scripts/onnx-proto

clean:
	rm -rf .build .build-* out dist
