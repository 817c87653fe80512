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
