//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// NEXT makes the next round key from the one in X0 (FIPS 197 §5.2) and keeps it.
#define NEXT(constant, place) \
	AESKEYGENASSIST $constant, X0, X1 \
	PSHUFD $0xFF, X1, X1              \
	MOVO   X0, X2                     \
	PSLLO  $4, X2                     \
	PXOR   X2, X0                     \
	PSLLO  $4, X2                     \
	PXOR   X2, X0                     \
	PSLLO  $4, X2                     \
	PXOR   X2, X0                     \
	PXOR   X1, X0                     \
	MOVOU  X0, place(BX)

// func expand(key *[16]byte, rounds *[176]byte)
TEXT ·expand(SB), NOSPLIT, $0-16
	MOVQ  key+0(FP), AX
	MOVQ  rounds+8(FP), BX
	MOVOU (AX), X0
	MOVOU X0, (BX)
	NEXT(0x01, 16)
	NEXT(0x02, 32)
	NEXT(0x04, 48)
	NEXT(0x08, 64)
	NEXT(0x10, 80)
	NEXT(0x20, 96)
	NEXT(0x40, 112)
	NEXT(0x80, 128)
	NEXT(0x1B, 144)
	NEXT(0x36, 160)
	RET

// func encrypt(rounds *[176]byte, chain *Chain, dst, src *byte, n, step int)
//
// X1 to X11 hold the round keys, X0 the chain. The first round key is added to
// what comes in, so that the chain waits for ten rounds and one addition only.
TEXT ·encrypt(SB), NOSPLIT, $0-48
	MOVQ  rounds+0(FP), AX
	MOVQ  chain+8(FP), BX
	MOVQ  dst+16(FP), DI
	MOVQ  src+24(FP), SI
	MOVQ  n+32(FP), CX
	MOVQ  step+40(FP), DX
	MOVOU (BX), X0
	MOVOU 0(AX), X1
	MOVOU 16(AX), X2
	MOVOU 32(AX), X3
	MOVOU 48(AX), X4
	MOVOU 64(AX), X5
	MOVOU 80(AX), X6
	MOVOU 96(AX), X7
	MOVOU 112(AX), X8
	MOVOU 128(AX), X9
	MOVOU 144(AX), X10
	MOVOU 160(AX), X11

block:
	MOVOU      (SI), X12
	PXOR       X1, X12
	PXOR       X12, X0
	AESENC     X2, X0
	AESENC     X3, X0
	AESENC     X4, X0
	AESENC     X5, X0
	AESENC     X6, X0
	AESENC     X7, X0
	AESENC     X8, X0
	AESENC     X9, X0
	AESENC     X10, X0
	AESENCLAST X11, X0
	MOVOU      X0, (DI)
	ADDQ       DX, SI
	ADDQ       DX, DI
	DECQ       CX
	JNZ        block
	MOVOU      X0, (BX)
	RET

// ROUNDS is a round of four lanes, each with a key of its own.
#define ROUNDS(round, instruction) \
	MOVOU       (bundle_rounds+64*round)(AX), X4    \
	MOVOU       (bundle_rounds+64*round+16)(AX), X5 \
	MOVOU       (bundle_rounds+64*round+32)(AX), X6 \
	MOVOU       (bundle_rounds+64*round+48)(AX), X7 \
	instruction X4, X0 \
	instruction X5, X1 \
	instruction X6, X2 \
	instruction X7, X3

// func encryptLanes(b *bundle, n, step int)
//
// X0 to X3 hold the chains. All blocks of a step are read before one is written:
// a lane may repeat another.
TEXT ·encryptLanes(SB), NOSPLIT, $0-24
	MOVQ  b+0(FP), AX
	MOVQ  n+8(FP), CX
	MOVQ  step+16(FP), DX
	MOVOU (bundle_chain)(AX), X0
	MOVOU (bundle_chain+16)(AX), X1
	MOVOU (bundle_chain+32)(AX), X2
	MOVOU (bundle_chain+48)(AX), X3
	MOVQ  (bundle_dst)(AX), DI
	MOVQ  (bundle_dst+8)(AX), R8
	MOVQ  (bundle_dst+16)(AX), R9
	MOVQ  (bundle_dst+24)(AX), R10
	MOVQ  (bundle_src)(AX), SI
	MOVQ  (bundle_src+8)(AX), R11
	MOVQ  (bundle_src+16)(AX), R12
	MOVQ  (bundle_src+24)(AX), R13

blocks:
	MOVOU (SI), X8
	MOVOU (R11), X9
	MOVOU (R12), X10
	MOVOU (R13), X11
	MOVOU (bundle_rounds)(AX), X4
	MOVOU (bundle_rounds+16)(AX), X5
	MOVOU (bundle_rounds+32)(AX), X6
	MOVOU (bundle_rounds+48)(AX), X7
	PXOR  X4, X8
	PXOR  X5, X9
	PXOR  X6, X10
	PXOR  X7, X11
	PXOR  X8, X0
	PXOR  X9, X1
	PXOR  X10, X2
	PXOR  X11, X3
	ROUNDS(1, AESENC)
	ROUNDS(2, AESENC)
	ROUNDS(3, AESENC)
	ROUNDS(4, AESENC)
	ROUNDS(5, AESENC)
	ROUNDS(6, AESENC)
	ROUNDS(7, AESENC)
	ROUNDS(8, AESENC)
	ROUNDS(9, AESENC)
	ROUNDS(10, AESENCLAST)
	MOVOU X0, (DI)
	MOVOU X1, (R8)
	MOVOU X2, (R9)
	MOVOU X3, (R10)
	ADDQ  DX, SI
	ADDQ  DX, R11
	ADDQ  DX, R12
	ADDQ  DX, R13
	ADDQ  DX, DI
	ADDQ  DX, R8
	ADDQ  DX, R9
	ADDQ  DX, R10
	DECQ  CX
	JNZ   blocks
	MOVOU X0, (bundle_chain)(AX)
	MOVOU X1, (bundle_chain+16)(AX)
	MOVOU X2, (bundle_chain+32)(AX)
	MOVOU X3, (bundle_chain+48)(AX)
	RET

// COUNTER makes the next counter block, and adds the first round key in X9.
#define COUNTER(x) \
	MOVQ   DX, R10     \
	BSWAPQ R10         \
	MOVQ   BX, x       \
	PINSRQ $1, R10, x  \
	PXOR   X9, x       \
	INCQ   DX

// ROUND8 is a round of the eight blocks in X0 to X7.
#define ROUND8(place) \
	MOVOU  place(AX), X8 \
	AESENC X8, X0        \
	AESENC X8, X1        \
	AESENC X8, X2        \
	AESENC X8, X3        \
	AESENC X8, X4        \
	AESENC X8, X5        \
	AESENC X8, X6        \
	AESENC X8, X7

#define ROUND1(place) \
	MOVOU  place(AX), X8 \
	AESENC X8, X0

// WRITE adds a finished block to what comes in.
#define WRITE(x, place) \
	AESENCLAST X8, x         \
	MOVOU      place(SI), X10 \
	PXOR       X10, x        \
	MOVOU      x, place(DI)

// func count(rounds *[176]byte, iv, next uint64, dst, src *byte, n int)
//
// Eight blocks are under way at once: none waits for another.
TEXT ·count(SB), NOSPLIT, $0-48
	MOVQ  rounds+0(FP), AX
	MOVQ  iv+8(FP), BX
	MOVQ  next+16(FP), DX
	MOVQ  dst+24(FP), DI
	MOVQ  src+32(FP), SI
	MOVQ  n+40(FP), CX
	MOVOU 0(AX), X9
	SUBQ  $8, CX
	JL    few

eight:
	COUNTER(X0)
	COUNTER(X1)
	COUNTER(X2)
	COUNTER(X3)
	COUNTER(X4)
	COUNTER(X5)
	COUNTER(X6)
	COUNTER(X7)
	ROUND8(16)
	ROUND8(32)
	ROUND8(48)
	ROUND8(64)
	ROUND8(80)
	ROUND8(96)
	ROUND8(112)
	ROUND8(128)
	ROUND8(144)
	MOVOU 160(AX), X8
	WRITE(X0, 0)
	WRITE(X1, 16)
	WRITE(X2, 32)
	WRITE(X3, 48)
	WRITE(X4, 64)
	WRITE(X5, 80)
	WRITE(X6, 96)
	WRITE(X7, 112)
	ADDQ  $128, SI
	ADDQ  $128, DI
	SUBQ  $8, CX
	JGE   eight

few:
	ADDQ $8, CX
	JZ   done

one:
	COUNTER(X0)
	ROUND1(16)
	ROUND1(32)
	ROUND1(48)
	ROUND1(64)
	ROUND1(80)
	ROUND1(96)
	ROUND1(112)
	ROUND1(128)
	ROUND1(144)
	MOVOU 160(AX), X8
	WRITE(X0, 0)
	ADDQ  $16, SI
	ADDQ  $16, DI
	DECQ  CX
	JNZ   one

done:
	RET

// What turns the lower half of four counters round, and what counts four on.
DATA turn<>+0(SB)/8, $0x0706050403020100
DATA turn<>+8(SB)/8, $0x08090a0b0c0d0e0f
GLOBL turn<>(SB), RODATA|NOPTR, $16
DATA places<>+0(SB)/8, $0
DATA places<>+8(SB)/8, $0
DATA places<>+16(SB)/8, $0
DATA places<>+24(SB)/8, $1
DATA places<>+32(SB)/8, $0
DATA places<>+40(SB)/8, $2
DATA places<>+48(SB)/8, $0
DATA places<>+56(SB)/8, $3
GLOBL places<>(SB), RODATA|NOPTR, $64
DATA four<>+0(SB)/8, $0
DATA four<>+8(SB)/8, $4
GLOBL four<>(SB), RODATA|NOPTR, $16

// COUNTERS makes the next four counter blocks, and adds the first round key.
#define COUNTERS(z) \
	VPSHUFB Z5, Z4, z \
	VPXORQ  Z16, z, z \
	VPADDQ  Z6, Z4, Z4

// ROUND16 is a round of the sixteen blocks in Z0 to Z3.
#define ROUND16(instruction, key) \
	instruction key, Z0, Z0 \
	instruction key, Z1, Z1 \
	instruction key, Z2, Z2 \
	instruction key, Z3, Z3

// func countWide(rounds *[176]byte, iv, next uint64, dst, src *byte, n int)
//
// Four blocks lie in a register, and sixteen are under way at once.
TEXT ·countWide(SB), NOSPLIT, $0-48
	MOVQ            rounds+0(FP), AX
	MOVQ            iv+8(FP), BX
	MOVQ            next+16(FP), DX
	MOVQ            dst+24(FP), DI
	MOVQ            src+32(FP), SI
	MOVQ            n+40(FP), CX
	VBROADCASTI32X4 0(AX), Z16
	VBROADCASTI32X4 16(AX), Z17
	VBROADCASTI32X4 32(AX), Z18
	VBROADCASTI32X4 48(AX), Z19
	VBROADCASTI32X4 64(AX), Z20
	VBROADCASTI32X4 80(AX), Z21
	VBROADCASTI32X4 96(AX), Z22
	VBROADCASTI32X4 112(AX), Z23
	VBROADCASTI32X4 128(AX), Z24
	VBROADCASTI32X4 144(AX), Z25
	VBROADCASTI32X4 160(AX), Z26
	VBROADCASTI32X4 turn<>(SB), Z5
	VBROADCASTI32X4 four<>(SB), Z6
	VMOVQ           BX, X4
	VPINSRQ         $1, DX, X4, X4
	VSHUFI32X4      $0, Z4, Z4, Z4
	VPADDQ          places<>(SB), Z4, Z4

sixteen:
	COUNTERS(Z0)
	COUNTERS(Z1)
	COUNTERS(Z2)
	COUNTERS(Z3)
	ROUND16(VAESENC, Z17)
	ROUND16(VAESENC, Z18)
	ROUND16(VAESENC, Z19)
	ROUND16(VAESENC, Z20)
	ROUND16(VAESENC, Z21)
	ROUND16(VAESENC, Z22)
	ROUND16(VAESENC, Z23)
	ROUND16(VAESENC, Z24)
	ROUND16(VAESENC, Z25)
	ROUND16(VAESENCLAST, Z26)
	VPXORQ    0(SI), Z0, Z0
	VPXORQ    64(SI), Z1, Z1
	VPXORQ    128(SI), Z2, Z2
	VPXORQ    192(SI), Z3, Z3
	VMOVDQU64 Z0, 0(DI)
	VMOVDQU64 Z1, 64(DI)
	VMOVDQU64 Z2, 128(DI)
	VMOVDQU64 Z3, 192(DI)
	ADDQ      $256, SI
	ADDQ      $256, DI
	SUBQ      $16, CX
	JNZ       sixteen
	VZEROUPPER
	RET
