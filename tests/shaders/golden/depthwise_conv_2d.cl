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
    const int end) {
  const int gid_1 = (int)get_global_id(0);
  const int channel_2 = min((gid_1 * 16), (columns - 16));
  const int gid_3 = (int)get_global_id(1);
  const int image_4 = (gid_3 / out_height);
  const int top_5 = ((gid_3 - (image_4 * out_height)) - above);
  const int picture_6 = (image_4 * height);
  for (int i_7 = 0; i_7 < (first + (out_width - end)); i_7 += 1) {
    const int pixel_8 = ((i_7 < first) ? i_7 : ((i_7 - first) + end));
    float16 sum_9 = (float16)(0.0f);
    const int left_10 = (pixel_8 - before);
    for (int i_11 = 0; i_11 < 2; i_11 += 1) {
      const int y_12 = (top_5 + i_11);
      if (((y_12 >= 0) && (y_12 < height))) {
        const int line_13 = ((picture_6 + y_12) * (width * channels));
        for (int i_14 = 0; i_14 < 2; i_14 += 1) {
          const int at_15 = (left_10 + i_14);
          if (((at_15 >= 0) && (at_15 < width))) {
            const float16 w_16 = vload16(0, weights + ((((i_11 * 2) + i_14) * columns) + channel_2));
            const float16 x_17 = vload16(0, x + ((line_13 + (at_15 * channels)) + channel_2));
            sum_9 = fma(x_17, w_16, sum_9);
          }
        }
      }
    }
    const int out_18 = ((((gid_3 * out_width) + pixel_8) * columns) + channel_2);
    vstore16(sum_9, 0, y + out_18);
  }
  for (int i_19 = first; i_19 < end; i_19 += 2) {
    const int pixel_20 = min(i_19, (end - 2));
    float16 sum_21 = (float16)(0.0f);
    float16 sum_22 = (float16)(0.0f);
    const int left_23 = ((pixel_20 - before) * channels);
    for (int i_24 = 0; i_24 < 2; i_24 += 1) {
      const int y_25 = (top_5 + i_24);
      if (((y_25 >= 0) && (y_25 < height))) {
        const int line_26 = ((picture_6 + y_25) * (width * channels));
        const float16 w_27 = vload16(0, weights + (((i_24 * 2) * columns) + channel_2));
        const float16 x_28 = vload16(0, x + ((line_26 + left_23) + channel_2));
        sum_21 = fma(x_28, w_27, sum_21);
        const float16 x_29 = vload16(0, x + (((line_26 + left_23) + channels) + channel_2));
        sum_22 = fma(x_29, w_27, sum_22);
        const float16 w_30 = vload16(0, weights + ((((i_24 * 2) + 1) * columns) + channel_2));
        sum_21 = fma(x_29, w_30, sum_21);
        const float16 x_31 = vload16(0, x + (((line_26 + left_23) + (channels * 2)) + channel_2));
        sum_22 = fma(x_31, w_30, sum_22);
      }
    }
    const int out_32 = ((((gid_3 * out_width) + pixel_20) * columns) + channel_2);
    vstore16(sum_21, 0, y + out_32);
    const int here_33 = (pixel_20 + 1);
    const int out_34 = ((((gid_3 * out_width) + here_33) * columns) + channel_2);
    vstore16(sum_22, 0, y + out_34);
  }
}
