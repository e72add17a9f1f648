#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_mean_row(
    __global const float* restrict x,
    __global float* restrict y,
    const int extent_a,
    const int stride_a_a,
    const int stride_b_a,
    const int reduce_0_n,
    const int reduce_0_by,
    const float share) {
  const int gid_1 = (int)get_global_id(0);
  for (int i_2 = 0; i_2 < extent_a; i_2 += 1) {
    const int at_3 = (i_2 * stride_a_a);
    const int at_4 = (i_2 * stride_b_a);
    float result_5 = 0.0f;
    for (int i_6 = 0; i_6 < reduce_0_n; i_6 += 1) {
      const int at_7 = (at_3 + (i_6 * reduce_0_by));
      float total_8 = 0.0f;
      float16 parts_9 = (float16)(0.0f);
      for (int i_10 = 0; i_10 < 16; i_10 += 16) {
        const float16 x_11 = *(__global const f32x16_packed*)(x + (at_7 + i_10));
        parts_9 = (parts_9 + x_11);
      }
      const float8 t_12 = (parts_9.s01234567 + parts_9.s89abcdef);
      const float4 t_13 = (t_12.s0123 + t_12.s4567);
      total_8 = ((t_13.s0 + t_13.s2) + (t_13.s1 + t_13.s3));
      for (int i_14 = 16; i_14 < 20; i_14 += 1) {
        const float x_15 = x[(at_7 + i_14)];
        total_8 = (total_8 + x_15);
      }
      result_5 = (result_5 + total_8);
    }
    y[at_4] = (result_5 * share);
  }
}
