#ifndef MIN_F32X16
#define MIN_F32X16
__attribute__((always_inline)) float16 min_f32x16(float16 a, float16 b) { return a < b ? a : b; }
#endif
#ifndef MAX_F32X16
#define MAX_F32X16
__attribute__((always_inline)) float16 max_f32x16(float16 a, float16 b) { return a > b ? a : b; }
#endif
#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_hard_swish_rsub_mul(
    __global const float* restrict x,
    __global const float* restrict side_a,
    __global float* restrict y,
    const int extent_a,
    const int extent_b,
    const int stride_a_a,
    const int stride_c_a,
    const int rows) {
  const int gid_1 = (int)get_global_id(0);
  const int last_2 = min(rows, extent_a);
  for (int i_3 = 0; i_3 < last_2; i_3 += 1) {
    const int end_4 = ((extent_b / 16) * 16);
    for (int i_5 = 0; i_5 < end_4; i_5 += 16) {
      const int at_6 = ((i_3 * stride_a_a) + i_5);
      const int at_7 = ((i_3 * stride_c_a) + i_5);
      const float16 x_8 = *(__global const f32x16_packed*)(x + at_6);
      const float16 t_9 = ((x_8 * min_f32x16(max_f32x16((x_8 + (float16)(3.0f)), (float16)(0.0f)), (float16)(6.0f))) * (float16)(0.16666667f));
      const float16 side_a_10 = *(__global const f32x16_packed*)(side_a + i_5);
      const float16 t_11 = (side_a_10 - t_9);
      *(__global f32x16_packed*)(y + at_7) = (t_11 * (float16)(0.5f));
    }
    const int end_12 = (end_4 + (((extent_b - end_4) / 4) * 4));
    for (int i_13 = end_4; i_13 < end_12; i_13 += 4) {
      const int at_14 = ((i_3 * stride_a_a) + i_13);
      const int at_15 = ((i_3 * stride_c_a) + i_13);
      const float4 x_16 = vload4(0, x + at_14);
      const float4 t_17 = ((x_16 * fmin(fmax((x_16 + (float4)(3.0f)), (float4)(0.0f)), (float4)(6.0f))) * (float4)(0.16666667f));
      const float4 side_a_18 = vload4(0, side_a + i_13);
      const float4 t_19 = (side_a_18 - t_17);
      vstore4((t_19 * (float4)(0.5f)), 0, y + at_15);
    }
  }
}
