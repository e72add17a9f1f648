#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_dwconv2d_2x2_nhwc_line2x16(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global float* restrict y,
    const int out_height,
    const int out_width,
    const int height,
    const int width,
    const int channels,
    const int columns,
    const int above,
    const int before,
    const int first,
    const int end,
    const int across) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int left_3 = (gid_2 * across);
  const int right_4 = min((left_3 + across), columns);
  const int image_5 = (gid_1 / out_height);
  const int top_6 = ((gid_1 - (image_5 * out_height)) - above);
  const int picture_7 = (image_5 * height);
  for (int i_8 = 0; i_8 < (first + (out_width - end)); i_8 += 1) {
    const int pixel_9 = ((i_8 < first) ? i_8 : ((i_8 - first) + end));
    for (int i_10 = left_3; i_10 < right_4; i_10 += 16) {
      const int channel_11 = min(i_10, (columns - 16));
      float16 sum_12 = (float16)(0.0f);
      const int left_13 = (pixel_9 - before);
      for (int i_14 = 0; i_14 < 2; i_14 += 1) {
        const int y_15 = (top_6 + i_14);
        if (((y_15 >= 0) && (y_15 < height))) {
          const int line_16 = ((picture_7 + y_15) * (width * channels));
          for (int i_17 = 0; i_17 < 2; i_17 += 1) {
            const int at_18 = (left_13 + i_17);
            if (((at_18 >= 0) && (at_18 < width))) {
              const float16 w_19 = *(__global const f32x16_packed*)(weights + ((((i_14 * 2) + i_17) * columns) + channel_11));
              const float16 x_20 = *(__global const f32x16_packed*)(x + ((line_16 + (at_18 * channels)) + channel_11));
              sum_12 = fma(x_20, w_19, sum_12);
            }
          }
        }
      }
      const int out_21 = ((((gid_1 * out_width) + pixel_9) * columns) + channel_11);
      *(__global f32x16_packed*)(y + out_21) = sum_12;
    }
  }
  for (int i_22 = first; i_22 < end; i_22 += 2) {
    const int pixel_23 = min(i_22, (end - 2));
    for (int i_24 = left_3; i_24 < right_4; i_24 += 16) {
      const int channel_25 = min(i_24, (columns - 16));
      float16 sum_26 = (float16)(0.0f);
      float16 sum_27 = (float16)(0.0f);
      const int left_28 = ((pixel_23 - before) * channels);
      for (int i_29 = 0; i_29 < 2; i_29 += 1) {
        const int y_30 = (top_6 + i_29);
        if (((y_30 >= 0) && (y_30 < height))) {
          const int line_31 = ((picture_7 + y_30) * (width * channels));
          const float16 w_32 = *(__global const f32x16_packed*)(weights + (((i_29 * 2) * columns) + channel_25));
          const float16 x_33 = *(__global const f32x16_packed*)(x + ((line_31 + left_28) + channel_25));
          sum_26 = fma(x_33, w_32, sum_26);
          const float16 x_34 = *(__global const f32x16_packed*)(x + (((line_31 + left_28) + channels) + channel_25));
          sum_27 = fma(x_34, w_32, sum_27);
          const float16 w_35 = *(__global const f32x16_packed*)(weights + ((((i_29 * 2) + 1) * columns) + channel_25));
          sum_26 = fma(x_34, w_35, sum_26);
          const float16 x_36 = *(__global const f32x16_packed*)(x + (((line_31 + left_28) + (channels * 2)) + channel_25));
          sum_27 = fma(x_36, w_35, sum_27);
        }
      }
      const int out_37 = ((((gid_1 * out_width) + pixel_23) * columns) + channel_25);
      *(__global f32x16_packed*)(y + out_37) = sum_26;
      const int here_38 = (pixel_23 + 1);
      const int out_39 = ((((gid_1 * out_width) + here_38) * columns) + channel_25);
      *(__global f32x16_packed*)(y + out_39) = sum_27;
    }
  }
}
