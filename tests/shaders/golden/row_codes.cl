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
__kernel void row_codes_asymmetric(
    __global const float* restrict x,
    __global const float* restrict scales,
    __global float* restrict y,
    const int extent_b,
    const int extent_c,
    const int stride_a_a,
    const int stride_a_b,
    const int stride_b_a,
    const int stride_b_b,
    const int exact_from,
    const int width,
    const int rows) {
  const int gid_1 = (int)get_global_id(0);
  const int last_2 = min(rows, extent_b);
  for (int i_3 = 0; i_3 < last_2; i_3 += 1) {
    const int end_4 = ((extent_c / 16) * 16);
    for (int i_5 = 0; i_5 < end_4; i_5 += 16) {
      const int at_6 = (((gid_1 * stride_a_a) + (i_3 * stride_a_b)) + i_5);
      const int at_7 = (((gid_1 * stride_b_a) + (i_3 * stride_b_b)) + i_5);
      const float x_8 = scales[(gid_1 * 4)];
      const float x_9 = scales[((gid_1 * 4) + 1)];
      const float16 x_10 = *(__global const f32x16_packed*)(x + at_6);
      const float16 value_11 = as_float16(min(as_uint16((x_10 * (float16)(x_8))), (uint16)(4294967294u)));
      const float16 size_12 = fabs(value_11);
      const float16 whole_13 = floor((size_12 + (float16)(0.5f)));
      const float16 signed_14 = select(whole_13, (-whole_13), (value_11 < (float16)(0.0f)));
      *(__global f32x16_packed*)(y + at_7) = (min_f32x16(max_f32x16((signed_14 + (float16)(x_9)), (float16)((-128.0f))), (float16)(127.0f)) - (float16)(x_9));
    }
    const int end_15 = (end_4 + (((extent_c - end_4) / 4) * 4));
    for (int i_16 = end_4; i_16 < end_15; i_16 += 4) {
      const int at_17 = (((gid_1 * stride_a_a) + (i_3 * stride_a_b)) + i_16);
      const int at_18 = (((gid_1 * stride_b_a) + (i_3 * stride_b_b)) + i_16);
      const float x_19 = scales[(gid_1 * 4)];
      const float x_20 = scales[((gid_1 * 4) + 1)];
      const float4 x_21 = vload4(0, x + at_17);
      const float4 value_22 = as_float4(min(as_uint4((x_21 * (float4)(x_19))), (uint4)(4294967294u)));
      const float4 size_23 = fabs(value_22);
      const float4 whole_24 = floor((size_23 + (float4)(0.5f)));
      const float4 signed_25 = select(whole_24, (-whole_24), (value_22 < (float4)(0.0f)));
      vstore4((fmin(fmax((signed_25 + (float4)(x_20)), (float4)((-128.0f))), (float4)(127.0f)) - (float4)(x_20)), 0, y + at_18);
    }
  }
}
