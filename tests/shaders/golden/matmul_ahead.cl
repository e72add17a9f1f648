#ifndef READ_SOON
#if defined(__x86_64__) || defined(__aarch64__)
#define READ_SOON(place) __builtin_prefetch(place)
#else
#define READ_SOON(place)
#endif
#endif
#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_gemm_t2x16_ahead(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global float* restrict y,
    const int rows,
    const int columns,
    const int depth,
    const int stride,
    const int panels,
    const int span,
    const int ahead) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int row_3 = min((gid_1 * 2), (rows - 2));
  const int column_4 = min((gid_2 * 16), (columns - 16));
  const int a_5 = (row_3 * stride);
  const int a_6 = ((row_3 + 1) * stride);
  const int panel_7 = ((gid_2 * depth) * 16);
  const int next_8 = ((panel_7 + (depth * 16)) + ((gid_1 * depth) * ahead));
  float16 sum_9 = (float16)(0.0f);
  float16 sum_10 = (float16)(0.0f);
  for (int i_11 = 0; i_11 < depth; i_11 += 1) {
    READ_SOON(weights + (next_8 + (i_11 * ahead)));
    const float l_12 = x[(a_5 + i_11)];
    const float l_13 = x[(a_6 + i_11)];
    const int at_14 = (panel_7 + (i_11 * 16));
    const float16 r_15 = *(__global const f32x16_packed*)(weights + at_14);
    sum_9 = fma((float16)(l_12), r_15, sum_9);
    sum_10 = fma((float16)(l_13), r_15, sum_10);
  }
  const int c_16 = (row_3 * columns);
  const int c_17 = ((row_3 + 1) * columns);
  const int out_18 = (c_16 + column_4);
  const int out_19 = (c_17 + column_4);
  *(__global f32x16_packed*)(y + out_18) = sum_9;
  *(__global f32x16_packed*)(y + out_19) = sum_10;
}
