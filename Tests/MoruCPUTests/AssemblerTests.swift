import MoruCPU
import Testing

/// Instructions have the bytes that LLVM's assembler gives them.
@Suite struct AssemblerTests {
  typealias Memory = Assembler.Memory
  typealias Masking = Assembler.Masking

  private static let instructions:
    [(text: String, bytes: String, @Sendable (inout Assembler) -> Void)] = [
      ("push r12", "41 54", { $0.push(.r12) }),
      ("push rbp", "55", { $0.push(.rbp) }),
      ("pop r15", "41 5f", { $0.pop(.r15) }),
      ("mov rbp, rsp", "48 89 e5", { $0.move(.rbp, .rsp) }),
      ("mov eax, 65535", "b8 ff ff 00 00", { $0.move(.rax, constant: 65535) }),
      ("mov r9d, 1", "41 b9 01 00 00 00", { $0.move(.r9, constant: 1) }),
      (
        "mov r8, [rdi + 104]", "4c 8b 47 68",
        { $0.load(.r8, Memory(base: .rdi, displacement: 104)) }
      ),
      ("mov r13, [r12]", "4d 8b 2c 24", { $0.load(.r13, Memory(base: .r12)) }),
      (
        "mov r10, [r13 + rcx + 8]", "4d 8b 54 0d 08",
        { $0.load(.r10, Memory(base: .r13, index: .rcx, displacement: 8)) }
      ),
      (
        "movzx r8d, byte ptr [r8 + rbx]", "45 0f b6 04 18",
        { $0.loadByte(.r8, Memory(base: .r8, index: .rbx)) }
      ),
      (
        "movzx r8d, word ptr [r8 + 2*rbx]", "45 0f b7 04 58",
        { $0.loadHalf(.r8, Memory(base: .r8, index: .rbx, scale: 1)) }
      ),
      (
        "lea rsp, [rbp - 40]", "48 8d 65 d8",
        { $0.address(.rsp, Memory(base: .rbp, displacement: -40)) }
      ),
      (
        "lea rax, [rbx + rcx]", "48 8d 04 0b", { $0.address(.rax, Memory(base: .rbx, index: .rcx)) }
      ),
      ("add r11, rdx", "49 01 d3", { $0.apply(.add, .r11, .rdx) }),
      ("add rax, 16", "48 83 c0 10", { $0.apply(.add, .rax, constant: 16) }),
      ("add rdx, 3072", "48 81 c2 00 0c 00 00", { $0.apply(.add, .rdx, constant: 3072) }),
      ("and rsp, -64", "48 83 e4 c0", { $0.apply(.and, .rsp, constant: -64) }),
      ("sub rcx, rax", "48 29 c1", { $0.apply(.subtract, .rcx, .rax) }),
      ("cmp rbx, rsi", "48 39 f3", { $0.apply(.compare, .rbx, .rsi) }),
      ("cmp rcx, 300", "48 81 f9 2c 01 00 00", { $0.apply(.compare, .rcx, constant: 300) }),
      ("xor rbx, rbx", "48 31 db", { $0.apply(.exclusiveOr, .rbx, .rbx) }),
      (
        "add qword ptr [rdi + 72], 1024", "48 81 47 48 00 04 00 00",
        { $0.add(1024, to: Memory(base: .rdi, displacement: 72)) }
      ),
      ("neg r8", "49 f7 d8", { $0.negate(.r8) }),
      ("shl rdx, cl", "48 d3 e2", { $0.shiftLeft(.rdx) }),
      ("cmova rdx, rsi", "48 0f 47 d6", { $0.moveIfAbove(.rdx, .rsi) }),
      (
        "prefetcht0 byte ptr [r9 + 4*rax + 8192]", "41 0f 18 8c 81 00 20 00 00",
        {
          $0.prefetch(
            Memory(base: .r9, index: .rax, scale: 2, displacement: 8192), isWritten: false)
        }
      ),
      (
        "prefetchw byte ptr [r13 + 4*rax + 8192]", "41 0f 0d 8c 85 00 20 00 00",
        {
          $0.prefetch(
            Memory(base: .r13, index: .rax, scale: 2, displacement: 8192), isWritten: true)
        }
      ),
      ("kandw k1, k2, k3", "c5 ec 41 cb", { $0.apply(.and, 1, 2, 3) }),
      ("kandnw k6, k4, k5", "c5 dc 42 f5", { $0.apply(.andNot, 6, 4, 5) }),
      ("kxnorw k3, k2, k1", "c5 ec 46 d9", { $0.apply(.exclusiveNor, 3, 2, 1) }),
      ("knotw k5, k2", "c5 f8 44 ea", { $0.complement(5, 2) }),
      ("kmovw k7, edx", "c5 f8 92 fa", { $0.move(mask: 7, .rdx) }),
      ("vaddps zmm1, zmm2, zmm3", "62 f1 6c 48 58 cb", { $0.vector(.add, 1, 2, .register(3)) }),
      (
        "vmulps zmm8, zmm16, zmm31", "62 11 7c 40 59 c7",
        { $0.vector(.multiply, 8, 16, .register(31)) }
      ),
      (
        "vsubps zmm30, zmm17, [r13 + 4*rax]", "62 41 74 40 5c 74 85 00",
        { $0.vector(.subtract, 30, 17, .memory(Memory(base: .r13, index: .rax, scale: 2))) }
      ),
      (
        "vdivps zmm2, zmm1, [rsp + 64]", "62 f1 74 48 5e 54 24 01",
        { $0.vector(.divide, 2, 1, .memory(Memory(base: .rsp, displacement: 64))) }
      ),
      (
        "vmaxps zmm2, zmm1, [rsp + 8256]", "62 f1 74 48 5f 94 24 40 20 00 00",
        { $0.vector(.maximum, 2, 1, .memory(Memory(base: .rsp, displacement: 8256))) }
      ),
      (
        "vminps zmm2, zmm1, [rsp + 8]{1to16}", "62 f1 74 58 5d 54 24 02",
        { $0.vector(.minimum, 2, 1, .memory(Memory(base: .rsp, displacement: 8, isSpread: true))) }
      ),
      (
        "vaddps zmm1 {k7}, zmm2, zmm3", "62 f1 6c 4f 58 cb",
        { $0.vector(.add, 1, 2, .register(3), masking: Masking(mask: 7)) }
      ),
      (
        "vmovups zmm20 {k7} {z}, [r9 + 4*rcx]", "62 c1 7c cf 10 24 89",
        {
          $0.vector(
            .load, 20, 0, .memory(Memory(base: .r9, index: .rcx, scale: 2)),
            masking: Masking(mask: 7, isZeroing: true))
        }
      ),
      (
        "vmovups [r14 + 4*rax] {k7}, zmm20", "62 c1 7c 4f 11 24 86",
        {
          $0.vector(
            .store, 20, 0, .memory(Memory(base: .r14, index: .rax, scale: 2)),
            masking: Masking(mask: 7))
        }
      ),
      (
        "vmovntps [r12 + 4*rax], zmm9", "62 51 7c 48 2b 0c 84",
        { $0.vector(.storePastCaches, 9, 0, .memory(Memory(base: .r12, index: .rax, scale: 2))) }
      ),
      (
        "vfmadd231ps zmm11, zmm10, zmm9", "62 52 2d 48 b8 d9",
        { $0.vector(MultiplyAdd().intoTerm, 11, 10, .register(9)) }
      ),
      (
        "vfnmadd213ps zmm21, zmm10, zmm19", "62 a2 2d 48 ac eb",
        { $0.vector(MultiplyAdd(negatesProduct: true).intoFactor, 21, 10, .register(19)) }
      ),
      (
        "vfmsub213ps zmm11, zmm26, zmm9", "62 52 2d 40 aa d9",
        { $0.vector(MultiplyAdd(negatesTerm: true).intoFactor, 11, 26, .register(9)) }
      ),
      (
        "vcmpunordps k2, zmm11, zmm10", "62 d1 24 48 c2 d2 03",
        {
          $0.vector(.compare, 2, 11, .register(10), immediate: VectorComparison.unordered.rawValue)
        }
      ),
      (
        "vcmpgt_oqps k1, zmm1, zmm30", "62 91 74 48 c2 ce 1e",
        { $0.vector(.compare, 1, 1, .register(30), immediate: VectorComparison.greater.rawValue) }
      ),
      (
        "vpcmpnled k4, zmm2, zmm3", "62 f3 6d 48 1f e3 06",
        {
          $0.vector(.compareWords, 4, 2, .register(3), immediate: VectorComparison.greater.ofWords)
        }
      ),
      (
        "vblendmps zmm3 {k3}, zmm20, zmm5", "62 f2 5d 43 65 dd",
        { $0.vector(.blend, 3, 20, .register(5), masking: Masking(mask: 3)) }
      ),
      (
        "vrndscaleps zmm2, zmm17, 8", "62 b3 7d 48 08 d1 08",
        { $0.vector(.round, 2, 0, .register(17), immediate: 8) }
      ),
      (
        "vscalefps zmm3, zmm2, zmm1", "62 f2 6d 48 2c d9", { $0.vector(.scale, 3, 2, .register(1)) }
      ),
      (
        "vpsrad zmm4, zmm28, 23", "62 91 5d 48 72 e4 17",
        { $0.vector(.shiftRight, 4, 4, .register(28), immediate: 23) }
      ),
      (
        "vpmovzxbd zmm18, [r10 + rax]", "62 c2 7d 48 31 14 02",
        { $0.vector(.wordFromByte, 18, 0, .memory(Memory(base: .r10, index: .rax))) }
      ),
      (
        "vpmovzxwd zmm18, [r10 + 2*rax]", "62 c2 7d 48 33 14 42",
        { $0.vector(.wordFromHalf, 18, 0, .memory(Memory(base: .r10, index: .rax, scale: 1))) }
      ),
      (
        "vpmovdw [r10 + 2*rax + 32], zmm7", "62 d2 7e 48 33 7c 42 01",
        {
          $0.vector(
            .storeHalves, 7, 0,
            .memory(Memory(base: .r10, index: .rax, scale: 1, displacement: 32)))
        }
      ),
      (
        "vpmovdb [r10 + rax + 16], zmm7", "62 d2 7e 48 31 7c 02 01",
        { $0.vector(.storeBytes, 7, 0, .memory(Memory(base: .r10, index: .rax, displacement: 16))) }
      ),
      ("vptestmd k1, zmm1, zmm1", "62 f2 75 48 27 c9", { $0.vector(.test, 1, 1, .register(1)) }),
      ("vpmovm2d zmm9, k3", "62 72 7e 48 38 cb", { $0.vector(.lanesOfMask, 9, 0, .register(3)) }),
      (
        "vpbroadcastd zmm0, r8d", "62 d2 7d 48 7c c0",
        { $0.vector(.spreadGeneral, 0, 0, .register(8)) }
      ),
      (
        "vbroadcastss zmm25, [r15 + 4*rbx]", "62 42 7d 48 18 0c 9f",
        { $0.vector(.spread, 25, 0, .memory(Memory(base: .r15, index: .rbx, scale: 2))) }
      ),
      // The length of a vector does not matter here; LLVM writes none.
      (
        "vmovss [r9 + 4*rbx], xmm19", "62 c1 7e 48 11 1c 99",
        { $0.vector(.storeOne, 19, 0, .memory(Memory(base: .r9, index: .rbx, scale: 2))) }
      ),
      (
        "vshuff32x4 zmm17, zmm1, zmm1, 78", "62 e3 75 48 23 c9 4e",
        { $0.vector(.shuffleQuarters, 17, 1, .register(1), immediate: 78) }
      ),
      (
        "vshufps zmm2, zmm31, zmm31, 177", "62 91 04 40 c6 d7 b1",
        { $0.vector(.shuffle, 2, 31, .register(31), immediate: 177) }
      ),
      (
        "vcvttps2dq zmm4, zmm3", "62 f1 7e 48 5b e3",
        { $0.vector(.wordTruncated, 4, 0, .register(3)) }
      ),
      (
        "vcvtdq2ps zmm4, zmm3", "62 f1 7c 48 5b e3",
        { $0.vector(.floatFromWord, 4, 0, .register(3)) }
      ),
      (
        "vpmulld zmm5, zmm4, zmm3", "62 f2 5d 48 40 eb",
        { $0.vector(.multiplyWords, 5, 4, .register(3)) }
      ),
      ("vsqrtps zmm22, zmm6", "62 e1 7c 48 51 f6", { $0.vector(.squareRoot, 22, 0, .register(6)) }),
      ("vzeroupper", "c5 f8 77", { $0.zeroUpper() }),
      ("sfence", "0f ae f8", { $0.storeFence() }),
      ("ret", "c3", { $0.ret() }),
    ]

  @Test func encodesInstructions() {
    for (text, bytes, write) in Self.instructions {
      var code = Assembler()
      write(&code)
      #expect(hexadecimal(code.finished()).hasPrefix(bytes), "\(text)")
    }
  }

  @Test func resolvesJumpsAndConstants() {
    var code = Assembler()
    let end = code.makeLabel()
    let top = code.here()
    code.jump(.below, to: end)
    let two = code.constant(Float(2).bitPattern)
    code.vector(.multiply, 1, 2, .memory(two))
    code.vector(.compare, 1, 2, .memory(two), immediate: 1)
    code.jump(to: top)
    code.place(end)
    code.ret()
    // jb end; vmulps zmm1, zmm2, [rip + 20]{1to16}; vcmpltps k1, zmm2, [rip + 9]{1to16};
    // jmp top; ret; fill; 2.0
    #expect(
      hexadecimal(code.finished()) == """
        0f 82 1a 00 00 00 62 f1 6c 58 59 0d 14 00 00 00 62 f1 6c 58 c2 0d 09 00 00 00 01 \
        e9 e0 ff ff ff c3 cc cc cc 00 00 00 40
        """)
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
