#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_conv2d_3x3_nhwc_t2x16_prelu(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global const float* restrict alpha,
    __global float* restrict y,
    const int pixels,
    const int out_height,
    const int out_width,
    const int height,
    const int width,
    const int channels,
    const int above,
    const int before,
    const int columns,
    const int group_columns,
    const int depth,
    const int panels,
    const int span) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int row_3 = min((gid_1 * 2), (pixels - 2));
  const int column_4 = min((gid_2 * 16), (group_columns - 16));
  const int line_5 = (row_3 / out_width);
  const int image_6 = (line_5 / out_height);
  const int top_7 = ((line_5 - (image_6 * out_height)) - above);
  const int left_8 = ((row_3 - (line_5 * out_width)) - before);
  const int picture_9 = (image_6 * ((height * width) * channels));
  const int line_10 = ((row_3 + 1) / out_width);
  const int image_11 = (line_10 / out_height);
  const int top_12 = ((line_10 - (image_11 * out_height)) - above);
  const int left_13 = (((row_3 + 1) - (line_10 * out_width)) - before);
  const int picture_14 = (image_11 * ((height * width) * channels));
  float16 sum_15 = (float16)(0.0f);
  float16 sum_16 = (float16)(0.0f);
  const int first_17 = (gid_2 * (depth * 144));
  for (int i_18 = 0; i_18 < 3; i_18 += 1) {
    for (int i_19 = 0; i_19 < 3; i_19 += 1) {
      const int panel_20 = (first_17 + ((((i_18 * 3) + i_19) * depth) * 16));
      const bool ok_21 = (((uint)((top_7 + i_18)) < (uint)(height)) && ((uint)((left_8 + i_19)) < (uint)(width)));
      const bool ok_22 = (((uint)((top_12 + i_18)) < (uint)(height)) && ((uint)((left_13 + i_19)) < (uint)(width)));
      const int a_23 = (ok_21 ? (picture_9 + ((((top_7 + i_18) * width) + (left_8 + i_19)) * channels)) : 0);
      const int a_24 = (ok_22 ? (picture_14 + ((((top_12 + i_18) * width) + (left_13 + i_19)) * channels)) : 0);
      if ((ok_21 && ok_22)) {
        for (int i_25 = 0; i_25 < depth; i_25 += 1) {
          const float l_26 = x[(a_23 + i_25)];
          const float l_27 = x[(a_24 + i_25)];
          const int at_28 = (panel_20 + (i_25 * 16));
          const float16 r_29 = *(__global const f32x16_packed*)(weights + at_28);
          sum_15 = fma((float16)(l_26), r_29, sum_15);
          sum_16 = fma((float16)(l_27), r_29, sum_16);
        }
      } else {
        if ((ok_21 || ok_22)) {
          for (int i_30 = 0; i_30 < depth; i_30 += 1) {
            const float l_31 = x[(a_23 + i_30)];
            const float l_32 = x[(a_24 + i_30)];
            const float l_33 = (ok_21 ? l_31 : 0.0f);
            const float l_34 = (ok_22 ? l_32 : 0.0f);
            const int at_35 = (panel_20 + (i_30 * 16));
            const float16 r_36 = *(__global const f32x16_packed*)(weights + at_35);
            sum_15 = fma((float16)(l_33), r_36, sum_15);
            sum_16 = fma((float16)(l_34), r_36, sum_16);
          }
        }
      }
    }
  }
  const int c_37 = (row_3 * columns);
  const int c_38 = ((row_3 + 1) * columns);
  const float16 alpha_39 = *(__global const f32x16_packed*)(alpha + column_4);
  const int out_40 = (c_37 + column_4);
  const int out_41 = (c_38 + column_4);
  const float16 t_42 = sum_15;
  *(__global f32x16_packed*)(y + out_40) = select(t_42, (t_42 * alpha_39), (t_42 < (float16)(0.0f)));
  const float16 t_43 = sum_16;
  *(__global f32x16_packed*)(y + out_41) = select(t_43, (t_43 * alpha_39), (t_43 < (float16)(0.0f)));
}
