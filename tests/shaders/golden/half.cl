#ifndef HALF_X1
#define HALF_X1
float load_half_x1(__global const half *p) {
#if defined(__F16C__)
  ushort8 w = (ushort8)(*(__global const ushort *)p); float4 f; __asm__("vcvtph2ps %1, %0" : "=x"(f) : "x"(w)); return f.s0;
#else
  return vload_half(0, p);
#endif
}
void store_half_x1(float f, __global half *p) {
#if defined(__F16C__)
  ushort8 h; __asm__("vcvtps2ph $0, %1, %0" : "=x"(h) : "x"((float4)(f))); *(__global ushort *)p = h.s0;
#else
  vstore_half_rte(f, 0, p);
#endif
}
#endif
#ifndef HALF_X8
#define HALF_X8
float8 load_half_x8(__global const half *p) {
#if defined(__F16C__)
  typedef ushort8 halves __attribute__((aligned(2))); ushort8 h = *(__global const halves *)p; float8 f; __asm__("vcvtph2ps %1, %0" : "=x"(f) : "x"(h)); return f;
#else
  return vload_half8(0, p);
#endif
}
void store_half_x8(float8 f, __global half *p) {
#if defined(__F16C__)
  typedef ushort8 halves __attribute__((aligned(2))); ushort8 h; __asm__("vcvtps2ph $0, %1, %0" : "=x"(h) : "x"(f)); *(__global halves *)p = h;
#else
  vstore_half8_rte(f, 0, p);
#endif
}
#endif
#ifndef HALF_X16
#define HALF_X16
float16 load_half_x16(__global const half *p) {
#if defined(__AVX512F__)
  typedef ushort16 halves __attribute__((aligned(2))); ushort16 h = *(__global const halves *)p; float16 f; __asm__("vcvtph2ps %1, %0" : "=v"(f) : "v"(h)); return f;
#else
  return vload_half16(0, p);
#endif
}
void store_half_x16(float16 f, __global half *p) {
#if defined(__AVX512F__)
  typedef ushort16 halves __attribute__((aligned(2))); ushort16 h; __asm__("vcvtps2ph $0, %1, %0" : "=v"(h) : "v"(f)); *(__global halves *)p = h;
#else
  vstore_half16_rte(f, 0, p);
#endif
}
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_gemm_t2x24_f16weights_f16x_f16y(
    __global const half* restrict x,
    __global const half* restrict weights,
    __global half* restrict y,
    __global int* restrict range_flags,
    const int rows,
    const int columns,
    const int depth,
    const int stride,
    const int panels,
    const int span,
    const int slot_of_y,
    const int row_of_y,
    const int true_of_y) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int row_3 = min((gid_1 * 2), (rows - 2));
  const int column_4 = min((gid_2 * 24), (columns - 24));
  const int a_5 = (row_3 * stride);
  const int a_6 = ((row_3 + 1) * stride);
  const int panel_7 = ((gid_2 * depth) * 24);
  float16 sum_8 = (float16)(0.0f);
  float8 sum_9 = (float8)(0.0f);
  float16 sum_10 = (float16)(0.0f);
  float8 sum_11 = (float8)(0.0f);
  for (int i_12 = 0; i_12 < depth; i_12 += 1) {
    const float l_13 = load_half_x1(x + (a_5 + i_12));
    const float l_14 = load_half_x1(x + (a_6 + i_12));
    const int at_15 = (panel_7 + (i_12 * 24));
    const float16 r_16 = load_half_x16(weights + at_15);
    const float8 r_17 = load_half_x8(weights + (at_15 + 16));
    sum_8 = fma((float16)(l_13), r_16, sum_8);
    sum_9 = fma((float8)(l_13), r_17, sum_9);
    sum_10 = fma((float16)(l_14), r_16, sum_10);
    sum_11 = fma((float8)(l_14), r_17, sum_11);
  }
  const int c_18 = (row_3 * columns);
  const int c_19 = ((row_3 + 1) * columns);
  const int channel_20 = (column_4 + 16);
  const int out_21 = (c_18 + column_4);
  const int out_22 = (c_18 + channel_20);
  const int out_23 = (c_19 + column_4);
  const int out_24 = (c_19 + channel_20);
  const int at_half_of_store_1 = out_21;
  const float16 half_of_store_2 = sum_8;
  store_half_x16(half_of_store_2, y + at_half_of_store_1);
  if ((any(((~(fabs(half_of_store_2) <= (float16)(65504.0f))) & (((int16)(at_half_of_store_1, (at_half_of_store_1 + 1), (at_half_of_store_1 + 2), (at_half_of_store_1 + 3), (at_half_of_store_1 + 4), (at_half_of_store_1 + 5), (at_half_of_store_1 + 6), (at_half_of_store_1 + 7), (at_half_of_store_1 + 8), (at_half_of_store_1 + 9), (at_half_of_store_1 + 10), (at_half_of_store_1 + 11), (at_half_of_store_1 + 12), (at_half_of_store_1 + 13), (at_half_of_store_1 + 14), (at_half_of_store_1 + 15)) % (int16)(row_of_y)) < (int16)(true_of_y)))) != 0)) {
    range_flags[slot_of_y] = 1;
  }
  const int at_half_of_store_3 = out_22;
  const float8 half_of_store_4 = sum_9;
  store_half_x8(half_of_store_4, y + at_half_of_store_3);
  if ((any(((~(fabs(half_of_store_4) <= (float8)(65504.0f))) & (((int8)(at_half_of_store_3, (at_half_of_store_3 + 1), (at_half_of_store_3 + 2), (at_half_of_store_3 + 3), (at_half_of_store_3 + 4), (at_half_of_store_3 + 5), (at_half_of_store_3 + 6), (at_half_of_store_3 + 7)) % (int8)(row_of_y)) < (int8)(true_of_y)))) != 0)) {
    range_flags[slot_of_y] = 1;
  }
  const int at_half_of_store_5 = out_23;
  const float16 half_of_store_6 = sum_10;
  store_half_x16(half_of_store_6, y + at_half_of_store_5);
  if ((any(((~(fabs(half_of_store_6) <= (float16)(65504.0f))) & (((int16)(at_half_of_store_5, (at_half_of_store_5 + 1), (at_half_of_store_5 + 2), (at_half_of_store_5 + 3), (at_half_of_store_5 + 4), (at_half_of_store_5 + 5), (at_half_of_store_5 + 6), (at_half_of_store_5 + 7), (at_half_of_store_5 + 8), (at_half_of_store_5 + 9), (at_half_of_store_5 + 10), (at_half_of_store_5 + 11), (at_half_of_store_5 + 12), (at_half_of_store_5 + 13), (at_half_of_store_5 + 14), (at_half_of_store_5 + 15)) % (int16)(row_of_y)) < (int16)(true_of_y)))) != 0)) {
    range_flags[slot_of_y] = 1;
  }
  const int at_half_of_store_7 = out_24;
  const float8 half_of_store_8 = sum_11;
  store_half_x8(half_of_store_8, y + at_half_of_store_7);
  if ((any(((~(fabs(half_of_store_8) <= (float8)(65504.0f))) & (((int8)(at_half_of_store_7, (at_half_of_store_7 + 1), (at_half_of_store_7 + 2), (at_half_of_store_7 + 3), (at_half_of_store_7 + 4), (at_half_of_store_7 + 5), (at_half_of_store_7 + 6), (at_half_of_store_7 + 7)) % (int8)(row_of_y)) < (int8)(true_of_y)))) != 0)) {
    range_flags[slot_of_y] = 1;
  }
}
