#ifndef ADD_BYTE_PRODUCTS_X16
#define ADD_BYTE_PRODUCTS_X16
__attribute__((always_inline)) int16 add_byte_products_x16(int16 total, int16 a, int16 b) {
  __asm__("vpdpbusd %2, %1, %0" : "+v"(total) : "v"(a), "v"(b));
  return total;
}
#endif
#ifndef INTERLEAVE_BYTES_X16
#define INTERLEAVE_BYTES_X16
__attribute__((always_inline)) int16 interleave_bytes_x16(int16 x) {
  __asm__("vpermd %1, %2, %0" : "=v"(x) : "v"(x), "v"((int16)(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)));
  __asm__("vpshufb %2, %1, %0" : "=v"(x) : "v"(x), "v"((int16)(0x0c080400, 0x0d090501, 0x0e0a0602, 0x0f0b0703, 0x0c080400, 0x0d090501, 0x0e0a0602, 0x0f0b0703, 0x0c080400, 0x0d090501, 0x0e0a0602, 0x0f0b0703, 0x0c080400, 0x0d090501, 0x0e0a0602, 0x0f0b0703)));
  return x;
}
#endif
#ifndef SCALE_SUMS_X16
#define SCALE_SUMS_X16
__attribute__((always_inline)) int16 scale_sums_x16(int16 x, int16 m, int16 right) {
  const long8 even = ((as_long8(x) << 32) >> 32) * ((as_long8(m) << 32) >> 32) + (1L << 30);
  const long8 odd = (as_long8(x) >> 32) * (as_long8(m) >> 32) + (1L << 30);
  const ulong8 low = (as_ulong8(even) >> 31) & 0xffffffffUL;
  const ulong8 high = (as_ulong8(odd) << 1) & 0xffffffff00000000UL;
  const int16 first = as_int16(low | high);
  const int16 middle = ((int16)(1) << right) >> 1;
  return (first + (middle + ((first >> 31) & -min(right, (int16)(1))))) >> right;
}
#endif
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
__kernel void u8i8_dwconv2d_3x3_nhwc_line6x16_scale(
    __global const int* restrict x,
    __global const int* restrict weights,
    __global const int* restrict table,
    __global float* restrict y,
    const int nothing,
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
    const int before_first,
    const int across) {
  const int gid_1 = (int)get_global_id(0);
  const int left_2 = (gid_1 * across);
  const int gid_3 = (int)get_global_id(1);
  const int right_4 = min((left_2 + across), columns);
  const int image_5 = (gid_3 / out_height);
  const int top_6 = ((gid_3 - (image_5 * out_height)) - above);
  const int picture_7 = (image_5 * height);
  for (int i_8 = 0; i_8 < (before_first + (((out_width - end) + 1) / 2)); i_8 += 1) {
    const int pixel_9 = min(((i_8 < before_first) ? (i_8 * 2) : (end + ((i_8 - before_first) * 2))), (out_width - 2));
    for (int i_10 = left_2; i_10 < right_4; i_10 += 16) {
      const int channel_11 = min(i_10, (columns - 16));
      const int number_12 = table[1];
      const int number_13 = table[2];
      const int stride_14 = table[0];
      const int at_15 = (channel_11 + 8);
      const int16 row_16 = *(__global const i32x16_packed*)(table + at_15);
      const int at_17 = ((channel_11 + stride_14) + 8);
      const int16 row_18 = *(__global const i32x16_packed*)(table + at_17);
      const int at_19 = ((channel_11 + (stride_14 * 2)) + 8);
      const int16 row_20 = *(__global const i32x16_packed*)(table + at_19);
      int16 sum_21 = (int16)(0);
      int16 sum_22 = (int16)(0);
      const int first_word_23 = (channel_11 / 4);
      const int left_24 = (pixel_9 - before);
      for (int i_25 = 0; i_25 < 3; i_25 += 1) {
        const int y_26 = (top_6 + i_25);
        const bool ok_27 = ((((y_26 >= 0) && (y_26 < height)) && (left_24 >= 0)) && (left_24 < width));
        const int at_28 = (ok_27 ? (((((picture_7 + y_26) * width) + left_24) * channels) + first_word_23) : 0);
        const int4 x_29 = *(__global const i32x4_packed*)(x + at_28);
        const int4 x_30 = (ok_27 ? x_29 : (int4)(nothing));
        const int column_31 = (left_24 + 1);
        const bool ok_32 = ((((y_26 >= 0) && (y_26 < height)) && (column_31 >= 0)) && (column_31 < width));
        const int at_33 = (ok_32 ? (((((picture_7 + y_26) * width) + column_31) * channels) + first_word_23) : 0);
        const int4 x_34 = *(__global const i32x4_packed*)(x + at_33);
        const int4 x_35 = (ok_32 ? x_34 : (int4)(nothing));
        const int column_36 = (left_24 + 2);
        const bool ok_37 = ((((y_26 >= 0) && (y_26 < height)) && (column_36 >= 0)) && (column_36 < width));
        const int at_38 = (ok_37 ? (((((picture_7 + y_26) * width) + column_36) * channels) + first_word_23) : 0);
        const int4 x_39 = *(__global const i32x4_packed*)(x + at_38);
        const int4 x_40 = (ok_37 ? x_39 : (int4)(nothing));
        const int column_41 = (left_24 + 3);
        const bool ok_42 = ((((y_26 >= 0) && (y_26 < height)) && (column_41 >= 0)) && (column_41 < width));
        const int at_43 = (ok_42 ? (((((picture_7 + y_26) * width) + column_41) * channels) + first_word_23) : 0);
        const int4 x_44 = *(__global const i32x4_packed*)(x + at_43);
        const int4 x_45 = (ok_42 ? x_44 : (int4)(nothing));
        const int16 word_46 = interleave_bytes_x16((int16)(x_30, x_35, x_40, x_45));
        const int16 w_47 = *(__global const i32x16_packed*)(weights + (((i_25 * 2) * columns) + channel_11));
        const int16 w_48 = *(__global const i32x16_packed*)(weights + ((((i_25 * 2) + 1) * columns) + channel_11));
        sum_21 = add_byte_products_x16(sum_21, word_46, w_47);
        sum_22 = add_byte_products_x16(sum_22, word_46, w_48);
      }
      const int out_49 = ((((gid_3 * out_width) + pixel_9) * columns) + channel_11);
      const int16 t_50 = sum_21;
      const int16 total_51 = (t_50 + row_16);
      const int16 scaled_52 = scale_sums_x16(total_51, row_18, row_20);
      *(__global f32x16_packed*)(y + out_49) = convert_float16(min(max(scaled_52, (int16)(number_12)), (int16)(number_13)));
      const int out_53 = (((((gid_3 * out_width) + pixel_9) + 1) * columns) + channel_11);
      const int16 t_54 = sum_22;
      const int16 total_55 = (t_54 + row_16);
      const int16 scaled_56 = scale_sums_x16(total_55, row_18, row_20);
      *(__global f32x16_packed*)(y + out_53) = convert_float16(min(max(scaled_56, (int16)(number_12)), (int16)(number_13)));
    }
  }
  for (int i_57 = first; i_57 < end; i_57 += 6) {
    const int pixel_58 = min(i_57, (end - 6));
    for (int i_59 = left_2; i_59 < right_4; i_59 += 16) {
      const int channel_60 = min(i_59, (columns - 16));
      const int number_61 = table[1];
      const int number_62 = table[2];
      const int stride_63 = table[0];
      const int at_64 = (channel_60 + 8);
      const int16 row_65 = *(__global const i32x16_packed*)(table + at_64);
      const int at_66 = ((channel_60 + stride_63) + 8);
      const int16 row_67 = *(__global const i32x16_packed*)(table + at_66);
      const int at_68 = ((channel_60 + (stride_63 * 2)) + 8);
      const int16 row_69 = *(__global const i32x16_packed*)(table + at_68);
      int16 sum_70 = (int16)(0);
      int16 sum_71 = (int16)(0);
      int16 sum_72 = (int16)(0);
      int16 sum_73 = (int16)(0);
      int16 sum_74 = (int16)(0);
      int16 sum_75 = (int16)(0);
      const int left_76 = (((pixel_58 - before) * channels) + (channel_60 / 4));
      for (int i_77 = 0; i_77 < 3; i_77 += 1) {
        const int y_78 = (top_6 + i_77);
        const int16 w_79 = *(__global const i32x16_packed*)(weights + (((i_77 * 2) * columns) + channel_60));
        const int16 w_80 = *(__global const i32x16_packed*)(weights + ((((i_77 * 2) + 1) * columns) + channel_60));
        if (((y_78 >= 0) && (y_78 < height))) {
          const int start_81 = (((picture_7 + y_78) * (width * channels)) + left_76);
          const int4 x_82 = *(__global const i32x4_packed*)(x + start_81);
          const int4 x_83 = *(__global const i32x4_packed*)(x + (start_81 + channels));
          const int4 x_84 = *(__global const i32x4_packed*)(x + (start_81 + (channels * 2)));
          const int4 x_85 = *(__global const i32x4_packed*)(x + (start_81 + (channels * 3)));
          const int16 word_86 = interleave_bytes_x16((int16)(x_82, x_83, x_84, x_85));
          sum_70 = add_byte_products_x16(sum_70, word_86, w_79);
          sum_71 = add_byte_products_x16(sum_71, word_86, w_80);
          const int4 x_87 = *(__global const i32x4_packed*)(x + (start_81 + (channels * 2)));
          const int4 x_88 = *(__global const i32x4_packed*)(x + (start_81 + (channels * 3)));
          const int4 x_89 = *(__global const i32x4_packed*)(x + (start_81 + (channels * 4)));
          const int4 x_90 = *(__global const i32x4_packed*)(x + (start_81 + (channels * 5)));
          const int16 word_91 = interleave_bytes_x16((int16)(x_87, x_88, x_89, x_90));
          sum_72 = add_byte_products_x16(sum_72, word_91, w_79);
          sum_73 = add_byte_products_x16(sum_73, word_91, w_80);
          const int4 x_92 = *(__global const i32x4_packed*)(x + (start_81 + (channels * 4)));
          const int4 x_93 = *(__global const i32x4_packed*)(x + (start_81 + (channels * 5)));
          const int4 x_94 = *(__global const i32x4_packed*)(x + (start_81 + (channels * 6)));
          const int4 x_95 = *(__global const i32x4_packed*)(x + (start_81 + (channels * 7)));
          const int16 word_96 = interleave_bytes_x16((int16)(x_92, x_93, x_94, x_95));
          sum_74 = add_byte_products_x16(sum_74, word_96, w_79);
          sum_75 = add_byte_products_x16(sum_75, word_96, w_80);
        } else {
          sum_70 = add_byte_products_x16(sum_70, (int16)(nothing), w_79);
          sum_71 = add_byte_products_x16(sum_71, (int16)(nothing), w_80);
          sum_72 = add_byte_products_x16(sum_72, (int16)(nothing), w_79);
          sum_73 = add_byte_products_x16(sum_73, (int16)(nothing), w_80);
          sum_74 = add_byte_products_x16(sum_74, (int16)(nothing), w_79);
          sum_75 = add_byte_products_x16(sum_75, (int16)(nothing), w_80);
        }
      }
      const int out_97 = ((((gid_3 * out_width) + pixel_58) * columns) + channel_60);
      const int16 t_98 = sum_70;
      const int16 total_99 = (t_98 + row_65);
      const int16 scaled_100 = scale_sums_x16(total_99, row_67, row_69);
      *(__global f32x16_packed*)(y + out_97) = convert_float16(min(max(scaled_100, (int16)(number_61)), (int16)(number_62)));
      const int out_101 = (((((gid_3 * out_width) + pixel_58) + 1) * columns) + channel_60);
      const int16 t_102 = sum_71;
      const int16 total_103 = (t_102 + row_65);
      const int16 scaled_104 = scale_sums_x16(total_103, row_67, row_69);
      *(__global f32x16_packed*)(y + out_101) = convert_float16(min(max(scaled_104, (int16)(number_61)), (int16)(number_62)));
      const int out_105 = (((((gid_3 * out_width) + pixel_58) + 2) * columns) + channel_60);
      const int16 t_106 = sum_72;
      const int16 total_107 = (t_106 + row_65);
      const int16 scaled_108 = scale_sums_x16(total_107, row_67, row_69);
      *(__global f32x16_packed*)(y + out_105) = convert_float16(min(max(scaled_108, (int16)(number_61)), (int16)(number_62)));
      const int out_109 = (((((gid_3 * out_width) + pixel_58) + 3) * columns) + channel_60);
      const int16 t_110 = sum_73;
      const int16 total_111 = (t_110 + row_65);
      const int16 scaled_112 = scale_sums_x16(total_111, row_67, row_69);
      *(__global f32x16_packed*)(y + out_109) = convert_float16(min(max(scaled_112, (int16)(number_61)), (int16)(number_62)));
      const int out_113 = (((((gid_3 * out_width) + pixel_58) + 4) * columns) + channel_60);
      const int16 t_114 = sum_74;
      const int16 total_115 = (t_114 + row_65);
      const int16 scaled_116 = scale_sums_x16(total_115, row_67, row_69);
      *(__global f32x16_packed*)(y + out_113) = convert_float16(min(max(scaled_116, (int16)(number_61)), (int16)(number_62)));
      const int out_117 = (((((gid_3 * out_width) + pixel_58) + 5) * columns) + channel_60);
      const int16 t_118 = sum_75;
      const int16 total_119 = (t_118 + row_65);
      const int16 scaled_120 = scale_sums_x16(total_119, row_67, row_69);
      *(__global f32x16_packed*)(y + out_117) = convert_float16(min(max(scaled_120, (int16)(number_61)), (int16)(number_62)));
    }
  }
}
