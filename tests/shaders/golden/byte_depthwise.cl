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
__kernel void u8i8_dwconv2d_3x3_nhwc_walk2x8x16_edges1_1_scale(
    __global const int* restrict x,
    __global const int* restrict weights,
    __global const int* restrict table,
    __global float* restrict y,
    const int nothing,
    const int blocks,
    const int out_height,
    const int out_width,
    const int height,
    const int width,
    const int channels,
    const int columns,
    const int above,
    const int across) {
  const int gid_1 = (int)get_global_id(0);
  const int left_2 = (gid_1 * across);
  const int gid_3 = (int)get_global_id(1);
  const int right_4 = min((left_2 + across), columns);
  const int image_5 = (gid_3 / blocks);
  const int line_6 = min(((gid_3 - (image_5 * blocks)) * 2), (out_height - 2));
  const int top_7 = (line_6 - above);
  const int y_8 = (top_7 + 1);
  const int y_9 = (top_7 + 2);
  const int y_10 = (top_7 + 3);
  const int start_11 = (((image_5 * height) + min(max(top_7, 0), (height - 1))) * (width * channels));
  const int start_12 = (((image_5 * height) + min(max(y_8, 0), (height - 1))) * (width * channels));
  const int start_13 = (((image_5 * height) + min(max(y_9, 0), (height - 1))) * (width * channels));
  const int start_14 = (((image_5 * height) + min(max(y_10, 0), (height - 1))) * (width * channels));
  const int keep_15 = ((((((top_7 >= 0) && (top_7 < height)) ? 255 : 0) | (((y_8 >= 0) && (y_8 < height)) ? 65280 : 0)) | (((y_9 >= 0) && (y_9 < height)) ? 16711680 : 0)) | (((y_10 >= 0) && (y_10 < height)) ? (-16777216) : 0));
  const int fill_16 = ((~keep_15) & nothing);
  const int first_line_17 = ((image_5 * out_height) + line_6);
  for (int i_18 = 0; i_18 < out_width; i_18 += 8) {
    const int pixel_19 = min(i_18, (out_width - 8));
    for (int i_20 = left_2; i_20 < right_4; i_20 += 16) {
      const int channel_21 = min(i_20, (columns - 16));
      const int number_22 = table[1];
      const int number_23 = table[2];
      const int stride_24 = table[0];
      const int at_25 = (channel_21 + 8);
      const int16 row_26 = *(__global const i32x16_packed*)(table + at_25);
      const int at_27 = ((channel_21 + stride_24) + 8);
      const int16 row_28 = *(__global const i32x16_packed*)(table + at_27);
      const int at_29 = ((channel_21 + (stride_24 * 2)) + 8);
      const int16 row_30 = *(__global const i32x16_packed*)(table + at_29);
      int16 sum_31 = (int16)(0);
      int16 sum_32 = (int16)(0);
      int16 sum_33 = (int16)(0);
      int16 sum_34 = (int16)(0);
      int16 sum_35 = (int16)(0);
      int16 sum_36 = (int16)(0);
      int16 sum_37 = (int16)(0);
      int16 sum_38 = (int16)(0);
      int16 sum_39 = (int16)(0);
      int16 sum_40 = (int16)(0);
      int16 sum_41 = (int16)(0);
      int16 sum_42 = (int16)(0);
      int16 sum_43 = (int16)(0);
      int16 sum_44 = (int16)(0);
      int16 sum_45 = (int16)(0);
      int16 sum_46 = (int16)(0);
      const int left_47 = (pixel_19 - 1);
      const int first_word_48 = (channel_21 / 4);
      const int16 w_49 = *(__global const i32x16_packed*)(weights + channel_21);
      const int16 w_50 = *(__global const i32x16_packed*)(weights + (columns + channel_21));
      const int16 w_51 = *(__global const i32x16_packed*)(weights + ((2 * columns) + channel_21));
      const int16 w_52 = *(__global const i32x16_packed*)(weights + ((3 * columns) + channel_21));
      const int16 w_53 = *(__global const i32x16_packed*)(weights + ((4 * columns) + channel_21));
      const int16 w_54 = *(__global const i32x16_packed*)(weights + ((5 * columns) + channel_21));
      const bool ok_55 = (left_47 >= 0);
      const int inner_56 = (ok_55 ? left_47 : 0);
      const int at_57 = ((inner_56 * channels) + first_word_48);
      const int4 x_58 = *(__global const i32x4_packed*)(x + start_11 + at_57);
      const int4 x_59 = *(__global const i32x4_packed*)(x + start_12 + at_57);
      const int4 x_60 = *(__global const i32x4_packed*)(x + start_13 + at_57);
      const int4 x_61 = *(__global const i32x4_packed*)(x + start_14 + at_57);
      const int16 word_62 = ((interleave_bytes_x16((int16)(x_58, x_59, x_60, x_61)) & (int16)(keep_15)) | (int16)(fill_16));
      const int16 word_63 = (ok_55 ? word_62 : (int16)(nothing));
      sum_31 = add_byte_products_x16(sum_31, word_63, w_49);
      sum_32 = add_byte_products_x16(sum_32, word_63, w_50);
      const int column_64 = (left_47 + 1);
      const int at_65 = ((column_64 * channels) + first_word_48);
      const int4 x_66 = *(__global const i32x4_packed*)(x + start_11 + at_65);
      const int4 x_67 = *(__global const i32x4_packed*)(x + start_12 + at_65);
      const int4 x_68 = *(__global const i32x4_packed*)(x + start_13 + at_65);
      const int4 x_69 = *(__global const i32x4_packed*)(x + start_14 + at_65);
      const int16 word_70 = ((interleave_bytes_x16((int16)(x_66, x_67, x_68, x_69)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_31 = add_byte_products_x16(sum_31, word_70, w_51);
      sum_32 = add_byte_products_x16(sum_32, word_70, w_52);
      sum_33 = add_byte_products_x16(sum_33, word_70, w_49);
      sum_34 = add_byte_products_x16(sum_34, word_70, w_50);
      const int column_71 = (left_47 + 2);
      const int at_72 = ((column_71 * channels) + first_word_48);
      const int4 x_73 = *(__global const i32x4_packed*)(x + start_11 + at_72);
      const int4 x_74 = *(__global const i32x4_packed*)(x + start_12 + at_72);
      const int4 x_75 = *(__global const i32x4_packed*)(x + start_13 + at_72);
      const int4 x_76 = *(__global const i32x4_packed*)(x + start_14 + at_72);
      const int16 word_77 = ((interleave_bytes_x16((int16)(x_73, x_74, x_75, x_76)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_31 = add_byte_products_x16(sum_31, word_77, w_53);
      sum_32 = add_byte_products_x16(sum_32, word_77, w_54);
      sum_33 = add_byte_products_x16(sum_33, word_77, w_51);
      sum_34 = add_byte_products_x16(sum_34, word_77, w_52);
      sum_35 = add_byte_products_x16(sum_35, word_77, w_49);
      sum_36 = add_byte_products_x16(sum_36, word_77, w_50);
      const int column_78 = (left_47 + 3);
      const int at_79 = ((column_78 * channels) + first_word_48);
      const int4 x_80 = *(__global const i32x4_packed*)(x + start_11 + at_79);
      const int4 x_81 = *(__global const i32x4_packed*)(x + start_12 + at_79);
      const int4 x_82 = *(__global const i32x4_packed*)(x + start_13 + at_79);
      const int4 x_83 = *(__global const i32x4_packed*)(x + start_14 + at_79);
      const int16 word_84 = ((interleave_bytes_x16((int16)(x_80, x_81, x_82, x_83)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_33 = add_byte_products_x16(sum_33, word_84, w_53);
      sum_34 = add_byte_products_x16(sum_34, word_84, w_54);
      sum_35 = add_byte_products_x16(sum_35, word_84, w_51);
      sum_36 = add_byte_products_x16(sum_36, word_84, w_52);
      sum_37 = add_byte_products_x16(sum_37, word_84, w_49);
      sum_38 = add_byte_products_x16(sum_38, word_84, w_50);
      const int column_85 = (left_47 + 4);
      const int at_86 = ((column_85 * channels) + first_word_48);
      const int4 x_87 = *(__global const i32x4_packed*)(x + start_11 + at_86);
      const int4 x_88 = *(__global const i32x4_packed*)(x + start_12 + at_86);
      const int4 x_89 = *(__global const i32x4_packed*)(x + start_13 + at_86);
      const int4 x_90 = *(__global const i32x4_packed*)(x + start_14 + at_86);
      const int16 word_91 = ((interleave_bytes_x16((int16)(x_87, x_88, x_89, x_90)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_35 = add_byte_products_x16(sum_35, word_91, w_53);
      sum_36 = add_byte_products_x16(sum_36, word_91, w_54);
      sum_37 = add_byte_products_x16(sum_37, word_91, w_51);
      sum_38 = add_byte_products_x16(sum_38, word_91, w_52);
      sum_39 = add_byte_products_x16(sum_39, word_91, w_49);
      sum_40 = add_byte_products_x16(sum_40, word_91, w_50);
      const int column_92 = (left_47 + 5);
      const int at_93 = ((column_92 * channels) + first_word_48);
      const int4 x_94 = *(__global const i32x4_packed*)(x + start_11 + at_93);
      const int4 x_95 = *(__global const i32x4_packed*)(x + start_12 + at_93);
      const int4 x_96 = *(__global const i32x4_packed*)(x + start_13 + at_93);
      const int4 x_97 = *(__global const i32x4_packed*)(x + start_14 + at_93);
      const int16 word_98 = ((interleave_bytes_x16((int16)(x_94, x_95, x_96, x_97)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_37 = add_byte_products_x16(sum_37, word_98, w_53);
      sum_38 = add_byte_products_x16(sum_38, word_98, w_54);
      sum_39 = add_byte_products_x16(sum_39, word_98, w_51);
      sum_40 = add_byte_products_x16(sum_40, word_98, w_52);
      sum_41 = add_byte_products_x16(sum_41, word_98, w_49);
      sum_42 = add_byte_products_x16(sum_42, word_98, w_50);
      const int column_99 = (left_47 + 6);
      const int at_100 = ((column_99 * channels) + first_word_48);
      const int4 x_101 = *(__global const i32x4_packed*)(x + start_11 + at_100);
      const int4 x_102 = *(__global const i32x4_packed*)(x + start_12 + at_100);
      const int4 x_103 = *(__global const i32x4_packed*)(x + start_13 + at_100);
      const int4 x_104 = *(__global const i32x4_packed*)(x + start_14 + at_100);
      const int16 word_105 = ((interleave_bytes_x16((int16)(x_101, x_102, x_103, x_104)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_39 = add_byte_products_x16(sum_39, word_105, w_53);
      sum_40 = add_byte_products_x16(sum_40, word_105, w_54);
      sum_41 = add_byte_products_x16(sum_41, word_105, w_51);
      sum_42 = add_byte_products_x16(sum_42, word_105, w_52);
      sum_43 = add_byte_products_x16(sum_43, word_105, w_49);
      sum_44 = add_byte_products_x16(sum_44, word_105, w_50);
      const int column_106 = (left_47 + 7);
      const int at_107 = ((column_106 * channels) + first_word_48);
      const int4 x_108 = *(__global const i32x4_packed*)(x + start_11 + at_107);
      const int4 x_109 = *(__global const i32x4_packed*)(x + start_12 + at_107);
      const int4 x_110 = *(__global const i32x4_packed*)(x + start_13 + at_107);
      const int4 x_111 = *(__global const i32x4_packed*)(x + start_14 + at_107);
      const int16 word_112 = ((interleave_bytes_x16((int16)(x_108, x_109, x_110, x_111)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_41 = add_byte_products_x16(sum_41, word_112, w_53);
      sum_42 = add_byte_products_x16(sum_42, word_112, w_54);
      sum_43 = add_byte_products_x16(sum_43, word_112, w_51);
      sum_44 = add_byte_products_x16(sum_44, word_112, w_52);
      sum_45 = add_byte_products_x16(sum_45, word_112, w_49);
      sum_46 = add_byte_products_x16(sum_46, word_112, w_50);
      const int column_113 = (left_47 + 8);
      const int at_114 = ((column_113 * channels) + first_word_48);
      const int4 x_115 = *(__global const i32x4_packed*)(x + start_11 + at_114);
      const int4 x_116 = *(__global const i32x4_packed*)(x + start_12 + at_114);
      const int4 x_117 = *(__global const i32x4_packed*)(x + start_13 + at_114);
      const int4 x_118 = *(__global const i32x4_packed*)(x + start_14 + at_114);
      const int16 word_119 = ((interleave_bytes_x16((int16)(x_115, x_116, x_117, x_118)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_43 = add_byte_products_x16(sum_43, word_119, w_53);
      sum_44 = add_byte_products_x16(sum_44, word_119, w_54);
      sum_45 = add_byte_products_x16(sum_45, word_119, w_51);
      sum_46 = add_byte_products_x16(sum_46, word_119, w_52);
      const int column_120 = (left_47 + 9);
      const bool ok_121 = (column_120 < width);
      const int inner_122 = (ok_121 ? column_120 : 0);
      const int at_123 = ((inner_122 * channels) + first_word_48);
      const int4 x_124 = *(__global const i32x4_packed*)(x + start_11 + at_123);
      const int4 x_125 = *(__global const i32x4_packed*)(x + start_12 + at_123);
      const int4 x_126 = *(__global const i32x4_packed*)(x + start_13 + at_123);
      const int4 x_127 = *(__global const i32x4_packed*)(x + start_14 + at_123);
      const int16 word_128 = ((interleave_bytes_x16((int16)(x_124, x_125, x_126, x_127)) & (int16)(keep_15)) | (int16)(fill_16));
      const int16 word_129 = (ok_121 ? word_128 : (int16)(nothing));
      sum_45 = add_byte_products_x16(sum_45, word_129, w_53);
      sum_46 = add_byte_products_x16(sum_46, word_129, w_54);
      const int row_130 = ((((first_line_17 * out_width) + pixel_19) * columns) + channel_21);
      const int out_131 = (row_130 + columns);
      const int out_132 = (row_130 + (2 * columns));
      const int out_133 = (row_130 + (3 * columns));
      const int out_134 = (row_130 + (4 * columns));
      const int out_135 = (row_130 + (5 * columns));
      const int out_136 = (row_130 + (6 * columns));
      const int out_137 = (row_130 + (7 * columns));
      const int row_138 = (((((first_line_17 + 1) * out_width) + pixel_19) * columns) + channel_21);
      const int out_139 = (row_138 + columns);
      const int out_140 = (row_138 + (2 * columns));
      const int out_141 = (row_138 + (3 * columns));
      const int out_142 = (row_138 + (4 * columns));
      const int out_143 = (row_138 + (5 * columns));
      const int out_144 = (row_138 + (6 * columns));
      const int out_145 = (row_138 + (7 * columns));
      const int16 t_146 = sum_31;
      const int16 total_147 = (t_146 + row_26);
      const int16 scaled_148 = scale_sums_x16(total_147, row_28, row_30);
      *(__global f32x16_packed*)(y + row_130) = convert_float16(min(max(scaled_148, (int16)(number_22)), (int16)(number_23)));
      const int16 t_149 = sum_33;
      const int16 total_150 = (t_149 + row_26);
      const int16 scaled_151 = scale_sums_x16(total_150, row_28, row_30);
      *(__global f32x16_packed*)(y + out_131) = convert_float16(min(max(scaled_151, (int16)(number_22)), (int16)(number_23)));
      const int16 t_152 = sum_35;
      const int16 total_153 = (t_152 + row_26);
      const int16 scaled_154 = scale_sums_x16(total_153, row_28, row_30);
      *(__global f32x16_packed*)(y + out_132) = convert_float16(min(max(scaled_154, (int16)(number_22)), (int16)(number_23)));
      const int16 t_155 = sum_37;
      const int16 total_156 = (t_155 + row_26);
      const int16 scaled_157 = scale_sums_x16(total_156, row_28, row_30);
      *(__global f32x16_packed*)(y + out_133) = convert_float16(min(max(scaled_157, (int16)(number_22)), (int16)(number_23)));
      const int16 t_158 = sum_39;
      const int16 total_159 = (t_158 + row_26);
      const int16 scaled_160 = scale_sums_x16(total_159, row_28, row_30);
      *(__global f32x16_packed*)(y + out_134) = convert_float16(min(max(scaled_160, (int16)(number_22)), (int16)(number_23)));
      const int16 t_161 = sum_41;
      const int16 total_162 = (t_161 + row_26);
      const int16 scaled_163 = scale_sums_x16(total_162, row_28, row_30);
      *(__global f32x16_packed*)(y + out_135) = convert_float16(min(max(scaled_163, (int16)(number_22)), (int16)(number_23)));
      const int16 t_164 = sum_43;
      const int16 total_165 = (t_164 + row_26);
      const int16 scaled_166 = scale_sums_x16(total_165, row_28, row_30);
      *(__global f32x16_packed*)(y + out_136) = convert_float16(min(max(scaled_166, (int16)(number_22)), (int16)(number_23)));
      const int16 t_167 = sum_45;
      const int16 total_168 = (t_167 + row_26);
      const int16 scaled_169 = scale_sums_x16(total_168, row_28, row_30);
      *(__global f32x16_packed*)(y + out_137) = convert_float16(min(max(scaled_169, (int16)(number_22)), (int16)(number_23)));
      const int16 t_170 = sum_32;
      const int16 total_171 = (t_170 + row_26);
      const int16 scaled_172 = scale_sums_x16(total_171, row_28, row_30);
      *(__global f32x16_packed*)(y + row_138) = convert_float16(min(max(scaled_172, (int16)(number_22)), (int16)(number_23)));
      const int16 t_173 = sum_34;
      const int16 total_174 = (t_173 + row_26);
      const int16 scaled_175 = scale_sums_x16(total_174, row_28, row_30);
      *(__global f32x16_packed*)(y + out_139) = convert_float16(min(max(scaled_175, (int16)(number_22)), (int16)(number_23)));
      const int16 t_176 = sum_36;
      const int16 total_177 = (t_176 + row_26);
      const int16 scaled_178 = scale_sums_x16(total_177, row_28, row_30);
      *(__global f32x16_packed*)(y + out_140) = convert_float16(min(max(scaled_178, (int16)(number_22)), (int16)(number_23)));
      const int16 t_179 = sum_38;
      const int16 total_180 = (t_179 + row_26);
      const int16 scaled_181 = scale_sums_x16(total_180, row_28, row_30);
      *(__global f32x16_packed*)(y + out_141) = convert_float16(min(max(scaled_181, (int16)(number_22)), (int16)(number_23)));
      const int16 t_182 = sum_40;
      const int16 total_183 = (t_182 + row_26);
      const int16 scaled_184 = scale_sums_x16(total_183, row_28, row_30);
      *(__global f32x16_packed*)(y + out_142) = convert_float16(min(max(scaled_184, (int16)(number_22)), (int16)(number_23)));
      const int16 t_185 = sum_42;
      const int16 total_186 = (t_185 + row_26);
      const int16 scaled_187 = scale_sums_x16(total_186, row_28, row_30);
      *(__global f32x16_packed*)(y + out_143) = convert_float16(min(max(scaled_187, (int16)(number_22)), (int16)(number_23)));
      const int16 t_188 = sum_44;
      const int16 total_189 = (t_188 + row_26);
      const int16 scaled_190 = scale_sums_x16(total_189, row_28, row_30);
      *(__global f32x16_packed*)(y + out_144) = convert_float16(min(max(scaled_190, (int16)(number_22)), (int16)(number_23)));
      const int16 t_191 = sum_46;
      const int16 total_192 = (t_191 + row_26);
      const int16 scaled_193 = scale_sums_x16(total_192, row_28, row_30);
      *(__global f32x16_packed*)(y + out_145) = convert_float16(min(max(scaled_193, (int16)(number_22)), (int16)(number_23)));
    }
  }
}
