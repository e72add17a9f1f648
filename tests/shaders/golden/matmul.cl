#ifndef MIN_F32X8
#define MIN_F32X8
__attribute__((always_inline)) float8 min_f32x8(float8 a, float8 b) { return a < b ? a : b; }
#endif
#ifndef MIN_F32X16
#define MIN_F32X16
__attribute__((always_inline)) float16 min_f32x16(float16 a, float16 b) { return a < b ? a : b; }
#endif
#ifndef MAX_F32X8
#define MAX_F32X8
__attribute__((always_inline)) float8 max_f32x8(float8 a, float8 b) { return a > b ? a : b; }
#endif
#ifndef MAX_F32X16
#define MAX_F32X16
__attribute__((always_inline)) float16 max_f32x16(float16 a, float16 b) { return a > b ? a : b; }
#endif
#ifndef F32X8_PACKED
#define F32X8_PACKED
typedef float8 f32x8_packed __attribute__((aligned(4)));
#endif
#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_gemm_t2x24_bias_relu6_add(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global const float* restrict bias,
    __global const float* restrict residual,
    __global float* restrict y,
    const int rows,
    const int columns,
    const int depth,
    const int stride,
    const int panels,
    const int span) {
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
    const float l_13 = x[(a_5 + i_12)];
    const float l_14 = x[(a_6 + i_12)];
    const int at_15 = (panel_7 + (i_12 * 24));
    const float16 r_16 = *(__global const f32x16_packed*)(weights + at_15);
    const float8 r_17 = *(__global const f32x8_packed*)(weights + (at_15 + 16));
    sum_8 = fma((float16)(l_13), r_16, sum_8);
    sum_9 = fma((float8)(l_13), r_17, sum_9);
    sum_10 = fma((float16)(l_14), r_16, sum_10);
    sum_11 = fma((float8)(l_14), r_17, sum_11);
  }
  const int c_18 = (row_3 * columns);
  const int c_19 = ((row_3 + 1) * columns);
  const int channel_20 = (column_4 + 16);
  const float16 bias_21 = *(__global const f32x16_packed*)(bias + column_4);
  const float8 bias_22 = *(__global const f32x8_packed*)(bias + channel_20);
  const int out_23 = (c_18 + column_4);
  const int out_24 = (c_18 + channel_20);
  const int out_25 = (c_19 + column_4);
  const int out_26 = (c_19 + channel_20);
  const float16 t_27 = sum_8;
  const float16 t_28 = (t_27 + bias_21);
  const float16 residual_29 = *(__global const f32x16_packed*)(residual + out_23);
  const float16 t_30 = min_f32x16(max_f32x16(t_28, (float16)(0.0f)), (float16)(6.0f));
  *(__global f32x16_packed*)(y + out_23) = (t_30 + residual_29);
  const float8 t_31 = sum_9;
  const float8 t_32 = (t_31 + bias_22);
  const float8 residual_33 = *(__global const f32x8_packed*)(residual + out_24);
  const float8 t_34 = min_f32x8(max_f32x8(t_32, (float8)(0.0f)), (float8)(6.0f));
  *(__global f32x8_packed*)(y + out_24) = (t_34 + residual_33);
  const float16 t_35 = sum_10;
  const float16 t_36 = (t_35 + bias_21);
  const float16 residual_37 = *(__global const f32x16_packed*)(residual + out_25);
  const float16 t_38 = min_f32x16(max_f32x16(t_36, (float16)(0.0f)), (float16)(6.0f));
  *(__global f32x16_packed*)(y + out_25) = (t_38 + residual_37);
  const float8 t_39 = sum_11;
  const float8 t_40 = (t_39 + bias_22);
  const float8 residual_41 = *(__global const f32x8_packed*)(residual + out_26);
  const float8 t_42 = min_f32x8(max_f32x8(t_40, (float8)(0.0f)), (float8)(6.0f));
  *(__global f32x8_packed*)(y + out_26) = (t_42 + residual_41);
}
