#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_gemm_t1x16k2(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global float* restrict y,
    const int rows,
    const int columns,
    const int depth,
    const int stride,
    const int panels,
    const int span) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int row_3 = min(gid_1, (rows - 1));
  const int column_4 = min((gid_2 * 16), (columns - 16));
  const int a_5 = (row_3 * stride);
  const int panel_6 = ((gid_2 * depth) * 16);
  float16 sum_7 = (float16)(0.0f);
  float16 sum_8 = (float16)(0.0f);
  const int whole_9 = (depth - (depth % 2));
  for (int i_10 = 0; i_10 < whole_9; i_10 += 2) {
    const float l_11 = x[(a_5 + i_10)];
    const int at_12 = (panel_6 + (i_10 * 16));
    const float16 r_13 = *(__global const f32x16_packed*)(weights + at_12);
    sum_7 = fma((float16)(l_11), r_13, sum_7);
    const int j_14 = (i_10 + 1);
    const float l_15 = x[(a_5 + j_14)];
    const int at_16 = (panel_6 + (j_14 * 16));
    const float16 r_17 = *(__global const f32x16_packed*)(weights + at_16);
    sum_8 = fma((float16)(l_15), r_17, sum_8);
  }
  const int first_18 = (panel_6 + (whole_9 * 16));
  for (int i_19 = 0; i_19 < (depth - whole_9); i_19 += 1) {
    const float l_20 = x[((a_5 + whole_9) + i_19)];
    const int at_21 = (first_18 + (i_19 * 16));
    const float16 r_22 = *(__global const f32x16_packed*)(weights + at_21);
    sum_7 = fma((float16)(l_20), r_22, sum_7);
  }
  sum_7 = (sum_7 + sum_8);
  const int c_23 = (row_3 * columns);
  const int out_24 = (c_23 + column_4);
  *(__global f32x16_packed*)(y + out_24) = sum_7;
}
