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
      parts_5 = fmax(parts_5, x_7);
    }
    total_4 = fmax(fmax(fmax(fmax(parts_5.s0, parts_5.s8), fmax(parts_5.s4, parts_5.sc)), fmax(fmax(parts_5.s2, parts_5.sa), fmax(parts_5.s6, parts_5.se))), fmax(fmax(fmax(parts_5.s1, parts_5.s9), fmax(parts_5.s5, parts_5.sd)), fmax(fmax(parts_5.s3, parts_5.sb), fmax(parts_5.s7, parts_5.sf))));
    for (int i_8 = 16; i_8 < 20; i_8 += 1) {
      const float x_9 = x[(at_3 + i_8)];
      total_4 = fmax(total_4, x_9);
    }
    float total_10 = 0.0f;
    float16 parts_11 = (float16)(0.0f);
    for (int i_12 = 0; i_12 < 16; i_12 += 16) {
      const float16 x_13 = *(__global const f32x16_packed*)(x + (at_3 + i_12));
      parts_11 = (parts_11 + exp_f32x16(((x_13 - (float16)(total_4)) * (float16)(1.0f))));
    }
    total_10 = ((((parts_11.s0 + parts_11.s8) + (parts_11.s4 + parts_11.sc)) + ((parts_11.s2 + parts_11.sa) + (parts_11.s6 + parts_11.se))) + (((parts_11.s1 + parts_11.s9) + (parts_11.s5 + parts_11.sd)) + ((parts_11.s3 + parts_11.sb) + (parts_11.s7 + parts_11.sf))));
    for (int i_14 = 16; i_14 < 20; i_14 += 1) {
      const float x_15 = x[(at_3 + i_14)];
      total_10 = (total_10 + exp(((x_15 - total_4) * 1.0f)));
    }
    const float scale_16 = (1.0f / total_10);
    for (int i_17 = 0; i_17 < 16; i_17 += 16) {
      const float16 x_18 = *(__global const f32x16_packed*)(x + (at_3 + i_17));
      *(__global f32x16_packed*)(y + (at_3 + i_17)) = (exp_f32x16(((x_18 - (float16)(total_4)) * (float16)(1.0f))) * (float16)(scale_16));
    }
    for (int i_19 = 16; i_19 < 20; i_19 += 4) {
      const float4 x_20 = vload4(0, x + (at_3 + i_19));
      vstore4((exp(((x_20 - (float4)(total_4)) * (float4)(1.0f))) * (float4)(scale_16)), 0, y + (at_3 + i_19));
    }
  }
}
