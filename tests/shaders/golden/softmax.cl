#ifndef EXP_F32X16
#define EXP_F32X16
__attribute__((always_inline)) float16 exp_f32x16(float16 x) {
  const float16 t = fma(x, (float16)(1.4426950216293335f), (float16)(12582912.0f));
  const float16 n = t - 12582912.0f;
  float16 r = fma(n, (float16)(-0.693145751953125f), x);
  r = fma(n, (float16)(-1.428606765330187e-06f), r);
  float16 p = (float16)(0.0013941108481958508f);
  p = fma(p, r, (float16)(0.00837512593716383f));
  p = fma(p, r, (float16)(0.04166635125875473f));
  p = fma(p, r, (float16)(0.16666415333747864f));
  p = fma(p, r, (float16)(0.5f));
  p = fma(p, r, (float16)(1.0f));
  p = fma(p, r, (float16)(1.0f));
  const float16 y = as_float16(as_int16(p) + (as_int16(t) << 23));
  return x > 88.72283f ? (float16)(INFINITY) : x < -87.33654f ? (float16)(0.0f) : y;
}
#endif
#ifndef MAX_F32X8
#define MAX_F32X8
__attribute__((always_inline)) float8 max_f32x8(float8 a, float8 b) { return a > b ? a : b; }
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
__kernel void f32_softmax(
    __global const float* restrict x,
    __global float* restrict y,
    const int extent_a,
    const int stride_a_a) {
  const int gid_1 = (int)get_global_id(0);
  for (int i_2 = 0; i_2 < extent_a; i_2 += 1) {
    const int at_3 = (i_2 * stride_a_a);
    float total_4 = (-3.4028234663852886e+38f);
    float16 parts_5 = (float16)((-3.4028234663852886e+38f));
    for (int i_6 = 0; i_6 < 16; i_6 += 16) {
      const float16 x_7 = *(__global const f32x16_packed*)(x + (at_3 + i_6));
      parts_5 = max_f32x16(parts_5, x_7);
    }
    const float8 t_8 = max_f32x8(parts_5.s01234567, parts_5.s89abcdef);
    const float4 t_9 = fmax(t_8.s0123, t_8.s4567);
    total_4 = fmax(fmax(t_9.s0, t_9.s2), fmax(t_9.s1, t_9.s3));
    for (int i_10 = 16; i_10 < 20; i_10 += 1) {
      const float x_11 = x[(at_3 + i_10)];
      total_4 = fmax(total_4, x_11);
    }
    float total_12 = 0.0f;
    float16 parts_13 = (float16)(0.0f);
    for (int i_14 = 0; i_14 < 16; i_14 += 16) {
      const float16 x_15 = *(__global const f32x16_packed*)(x + (at_3 + i_14));
      const float16 kept_16 = exp_f32x16(((x_15 - (float16)(total_4)) * (float16)(1.0f)));
      *(__global f32x16_packed*)(y + (at_3 + i_14)) = kept_16;
      parts_13 = (parts_13 + kept_16);
    }
    const float8 t_17 = (parts_13.s01234567 + parts_13.s89abcdef);
    const float4 t_18 = (t_17.s0123 + t_17.s4567);
    total_12 = ((t_18.s0 + t_18.s2) + (t_18.s1 + t_18.s3));
    for (int i_19 = 16; i_19 < 20; i_19 += 1) {
      const float x_20 = x[(at_3 + i_19)];
      const float kept_21 = exp(((x_20 - total_4) * 1.0f));
      y[(at_3 + i_19)] = kept_21;
      total_12 = (total_12 + kept_21);
    }
    const float scale_22 = (1.0f / total_12);
    for (int i_23 = 0; i_23 < 16; i_23 += 16) {
      const float16 x_24 = *(__global const f32x16_packed*)(y + (at_3 + i_23));
      *(__global f32x16_packed*)(y + (at_3 + i_23)) = (x_24 * (float16)(scale_22));
    }
    for (int i_25 = 16; i_25 < 20; i_25 += 4) {
      const float4 x_26 = vload4(0, y + (at_3 + i_25));
      vstore4((x_26 * (float4)(scale_22)), 0, y + (at_3 + i_25));
    }
  }
}
