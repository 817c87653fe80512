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
