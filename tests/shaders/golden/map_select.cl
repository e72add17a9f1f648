#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
#ifndef I32X4_PACKED
#define I32X4_PACKED
typedef int4 i32x4_packed __attribute__((aligned(4)));
#endif
#ifndef I32X16_PACKED
#define I32X16_PACKED
typedef int16 i32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_select(
    __global const int* restrict x,
    __global const float* restrict side_a,
    __global const float* restrict side_b,
    __global float* restrict y,
    const int extent_a,
    const int extent_b,
    const int stride_a_a,
    const int stride_d_a,
    const int rows) {
  const int gid_1 = (int)get_global_id(0);
  const int last_2 = min(rows, extent_a);
  for (int i_3 = 0; i_3 < last_2; i_3 += 1) {
    const int end_4 = ((extent_b / 16) * 16);
    for (int i_5 = 0; i_5 < end_4; i_5 += 16) {
      const int at_6 = ((i_3 * stride_a_a) + i_5);
      const int at_7 = ((i_3 * stride_d_a) + i_5);
      const int16 x_8 = *(__global const i32x16_packed*)(x + at_6);
      const float16 side_a_9 = *(__global const f32x16_packed*)(side_a + i_5);
      const float side_b_10 = side_b[0];
      *(__global f32x16_packed*)(y + at_7) = select((float16)(side_b_10), side_a_9, (x_8 != (int16)(0)));
    }
    const int end_11 = (end_4 + (((extent_b - end_4) / 4) * 4));
    for (int i_12 = end_4; i_12 < end_11; i_12 += 4) {
      const int at_13 = ((i_3 * stride_a_a) + i_12);
      const int at_14 = ((i_3 * stride_d_a) + i_12);
      const int4 x_15 = *(__global const i32x4_packed*)(x + at_13);
      const float4 side_a_16 = vload4(0, side_a + i_12);
      const float side_b_17 = side_b[0];
      vstore4(select((float4)(side_b_17), side_a_16, (x_15 != (int4)(0))), 0, y + at_14);
    }
  }
}
