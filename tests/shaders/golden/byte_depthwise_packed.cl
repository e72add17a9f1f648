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
#ifndef SCALE_RISING_X16
#define SCALE_RISING_X16
__attribute__((always_inline)) int16 scale_rising_x16(int16 x, int16 even_m, int16 odd_m, int16 even, int16 odd, int16 even_shift, int16 odd_shift) {
  long8 first = ((as_long8(x) << 32) >> 32) * ((as_long8(even_m) << 32) >> 32) + as_long8(even);
  long8 second = (as_long8(x) >> 32) * ((as_long8(odd_m) << 32) >> 32) + as_long8(odd);
  __asm__("vpsravq %2, %1, %0" : "=v"(first) : "v"(first), "v"(even_shift));
  __asm__("vpsravq %2, %1, %0" : "=v"(second) : "v"(second), "v"(odd_shift));
  return as_int16((first & 0xffffffffL) | (second & ~0xffffffffL));
}
#endif
#ifndef LOOKUP_PACKED_X16
#define LOOKUP_PACKED_X16
__attribute__((always_inline)) int16 lookup_packed_x16(int16 codes, int16 a, int16 b, int16 c, int16 d) {
  int16 low = codes, high = codes;
  ulong upper;
  __asm__("vpermi2b %2, %1, %0" : "+v"(low) : "v"(a), "v"(b));
  __asm__("vpermi2b %2, %1, %0" : "+v"(high) : "v"(c), "v"(d));
  __asm__("vpmovb2m %1, %0" : "=Yk"(upper) : "v"(codes));
  __asm__("vpblendmb %2, %1, %0 %{%3%}" : "=v"(low) : "v"(low), "v"(high), "Yk"(upper));
  return low;
}
#endif
#ifndef PACK_CODES_X16
#define PACK_CODES_X16
__attribute__((always_inline)) int16 pack_codes_x16(int16 a, int16 b, int16 c, int16 d) {
  int16 left, right, all;
  __asm__("vpackssdw %2, %1, %0" : "=v"(left) : "v"(a), "v"(b));
  __asm__("vpackssdw %2, %1, %0" : "=v"(right) : "v"(c), "v"(d));
  __asm__("vpackuswb %2, %1, %0" : "=v"(all) : "v"(left), "v"(right));
  const int16 places = (int16)(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  __asm__("vpermd %1, %2, %0" : "=v"(all) : "v"(all), "v"(places));
  return all;
}
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
__kernel void u8i8_dwconv2d_3x3_nhwc_walk2x8x16_edges1_1_rise_packed_bytes(
    __global const int* restrict x,
    __global const int* restrict weights,
    __global const int* restrict table,
    __global const int* restrict packing,
    __global int* restrict y,
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
      const int stride_22 = table[0];
      const int at_23 = (channel_21 + 8);
      const int16 row_24 = *(__global const i32x16_packed*)(table + at_23);
      const int at_25 = ((channel_21 + stride_22) + 8);
      const int16 row_26 = *(__global const i32x16_packed*)(table + at_25);
      const int at_27 = ((channel_21 + (stride_22 * 2)) + 8);
      const int16 row_28 = *(__global const i32x16_packed*)(table + at_27);
      const int at_29 = ((channel_21 + (stride_22 * 3)) + 8);
      const int16 row_30 = *(__global const i32x16_packed*)(table + at_29);
      const int at_31 = ((channel_21 + (stride_22 * 4)) + 8);
      const int16 row_32 = *(__global const i32x16_packed*)(table + at_31);
      const int at_33 = ((channel_21 + (stride_22 * 5)) + 8);
      const int16 row_34 = *(__global const i32x16_packed*)(table + at_33);
      const int16 entries_35 = *(__global const i32x16_packed*)(packing + 0);
      const int16 entries_36 = *(__global const i32x16_packed*)(packing + 16);
      const int16 entries_37 = *(__global const i32x16_packed*)(packing + 32);
      const int16 entries_38 = *(__global const i32x16_packed*)(packing + 48);
      int16 sum_39 = (int16)(0);
      int16 sum_40 = (int16)(0);
      int16 sum_41 = (int16)(0);
      int16 sum_42 = (int16)(0);
      int16 sum_43 = (int16)(0);
      int16 sum_44 = (int16)(0);
      int16 sum_45 = (int16)(0);
      int16 sum_46 = (int16)(0);
      int16 sum_47 = (int16)(0);
      int16 sum_48 = (int16)(0);
      int16 sum_49 = (int16)(0);
      int16 sum_50 = (int16)(0);
      int16 sum_51 = (int16)(0);
      int16 sum_52 = (int16)(0);
      int16 sum_53 = (int16)(0);
      int16 sum_54 = (int16)(0);
      const int left_55 = (pixel_19 - 1);
      const int first_word_56 = (channel_21 / 4);
      const int16 w_57 = *(__global const i32x16_packed*)(weights + channel_21);
      const int16 w_58 = *(__global const i32x16_packed*)(weights + (columns + channel_21));
      const int16 w_59 = *(__global const i32x16_packed*)(weights + ((2 * columns) + channel_21));
      const int16 w_60 = *(__global const i32x16_packed*)(weights + ((3 * columns) + channel_21));
      const int16 w_61 = *(__global const i32x16_packed*)(weights + ((4 * columns) + channel_21));
      const int16 w_62 = *(__global const i32x16_packed*)(weights + ((5 * columns) + channel_21));
      const bool ok_63 = (left_55 >= 0);
      const int inner_64 = (ok_63 ? left_55 : 0);
      const int at_65 = ((inner_64 * channels) + first_word_56);
      const int4 x_66 = *(__global const i32x4_packed*)(x + start_11 + at_65);
      const int4 x_67 = *(__global const i32x4_packed*)(x + start_12 + at_65);
      const int4 x_68 = *(__global const i32x4_packed*)(x + start_13 + at_65);
      const int4 x_69 = *(__global const i32x4_packed*)(x + start_14 + at_65);
      const int16 word_70 = ((interleave_bytes_x16((int16)(x_66, x_67, x_68, x_69)) & (int16)(keep_15)) | (int16)(fill_16));
      const int16 word_71 = (ok_63 ? word_70 : (int16)(nothing));
      sum_39 = add_byte_products_x16(sum_39, word_71, w_57);
      sum_40 = add_byte_products_x16(sum_40, word_71, w_58);
      const int column_72 = (left_55 + 1);
      const int at_73 = ((column_72 * channels) + first_word_56);
      const int4 x_74 = *(__global const i32x4_packed*)(x + start_11 + at_73);
      const int4 x_75 = *(__global const i32x4_packed*)(x + start_12 + at_73);
      const int4 x_76 = *(__global const i32x4_packed*)(x + start_13 + at_73);
      const int4 x_77 = *(__global const i32x4_packed*)(x + start_14 + at_73);
      const int16 word_78 = ((interleave_bytes_x16((int16)(x_74, x_75, x_76, x_77)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_39 = add_byte_products_x16(sum_39, word_78, w_59);
      sum_40 = add_byte_products_x16(sum_40, word_78, w_60);
      sum_41 = add_byte_products_x16(sum_41, word_78, w_57);
      sum_42 = add_byte_products_x16(sum_42, word_78, w_58);
      const int column_79 = (left_55 + 2);
      const int at_80 = ((column_79 * channels) + first_word_56);
      const int4 x_81 = *(__global const i32x4_packed*)(x + start_11 + at_80);
      const int4 x_82 = *(__global const i32x4_packed*)(x + start_12 + at_80);
      const int4 x_83 = *(__global const i32x4_packed*)(x + start_13 + at_80);
      const int4 x_84 = *(__global const i32x4_packed*)(x + start_14 + at_80);
      const int16 word_85 = ((interleave_bytes_x16((int16)(x_81, x_82, x_83, x_84)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_39 = add_byte_products_x16(sum_39, word_85, w_61);
      sum_40 = add_byte_products_x16(sum_40, word_85, w_62);
      sum_41 = add_byte_products_x16(sum_41, word_85, w_59);
      sum_42 = add_byte_products_x16(sum_42, word_85, w_60);
      sum_43 = add_byte_products_x16(sum_43, word_85, w_57);
      sum_44 = add_byte_products_x16(sum_44, word_85, w_58);
      const int column_86 = (left_55 + 3);
      const int at_87 = ((column_86 * channels) + first_word_56);
      const int4 x_88 = *(__global const i32x4_packed*)(x + start_11 + at_87);
      const int4 x_89 = *(__global const i32x4_packed*)(x + start_12 + at_87);
      const int4 x_90 = *(__global const i32x4_packed*)(x + start_13 + at_87);
      const int4 x_91 = *(__global const i32x4_packed*)(x + start_14 + at_87);
      const int16 word_92 = ((interleave_bytes_x16((int16)(x_88, x_89, x_90, x_91)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_41 = add_byte_products_x16(sum_41, word_92, w_61);
      sum_42 = add_byte_products_x16(sum_42, word_92, w_62);
      sum_43 = add_byte_products_x16(sum_43, word_92, w_59);
      sum_44 = add_byte_products_x16(sum_44, word_92, w_60);
      sum_45 = add_byte_products_x16(sum_45, word_92, w_57);
      sum_46 = add_byte_products_x16(sum_46, word_92, w_58);
      const int column_93 = (left_55 + 4);
      const int at_94 = ((column_93 * channels) + first_word_56);
      const int4 x_95 = *(__global const i32x4_packed*)(x + start_11 + at_94);
      const int4 x_96 = *(__global const i32x4_packed*)(x + start_12 + at_94);
      const int4 x_97 = *(__global const i32x4_packed*)(x + start_13 + at_94);
      const int4 x_98 = *(__global const i32x4_packed*)(x + start_14 + at_94);
      const int16 word_99 = ((interleave_bytes_x16((int16)(x_95, x_96, x_97, x_98)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_43 = add_byte_products_x16(sum_43, word_99, w_61);
      sum_44 = add_byte_products_x16(sum_44, word_99, w_62);
      sum_45 = add_byte_products_x16(sum_45, word_99, w_59);
      sum_46 = add_byte_products_x16(sum_46, word_99, w_60);
      sum_47 = add_byte_products_x16(sum_47, word_99, w_57);
      sum_48 = add_byte_products_x16(sum_48, word_99, w_58);
      const int column_100 = (left_55 + 5);
      const int at_101 = ((column_100 * channels) + first_word_56);
      const int4 x_102 = *(__global const i32x4_packed*)(x + start_11 + at_101);
      const int4 x_103 = *(__global const i32x4_packed*)(x + start_12 + at_101);
      const int4 x_104 = *(__global const i32x4_packed*)(x + start_13 + at_101);
      const int4 x_105 = *(__global const i32x4_packed*)(x + start_14 + at_101);
      const int16 word_106 = ((interleave_bytes_x16((int16)(x_102, x_103, x_104, x_105)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_45 = add_byte_products_x16(sum_45, word_106, w_61);
      sum_46 = add_byte_products_x16(sum_46, word_106, w_62);
      sum_47 = add_byte_products_x16(sum_47, word_106, w_59);
      sum_48 = add_byte_products_x16(sum_48, word_106, w_60);
      sum_49 = add_byte_products_x16(sum_49, word_106, w_57);
      sum_50 = add_byte_products_x16(sum_50, word_106, w_58);
      const int column_107 = (left_55 + 6);
      const int at_108 = ((column_107 * channels) + first_word_56);
      const int4 x_109 = *(__global const i32x4_packed*)(x + start_11 + at_108);
      const int4 x_110 = *(__global const i32x4_packed*)(x + start_12 + at_108);
      const int4 x_111 = *(__global const i32x4_packed*)(x + start_13 + at_108);
      const int4 x_112 = *(__global const i32x4_packed*)(x + start_14 + at_108);
      const int16 word_113 = ((interleave_bytes_x16((int16)(x_109, x_110, x_111, x_112)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_47 = add_byte_products_x16(sum_47, word_113, w_61);
      sum_48 = add_byte_products_x16(sum_48, word_113, w_62);
      sum_49 = add_byte_products_x16(sum_49, word_113, w_59);
      sum_50 = add_byte_products_x16(sum_50, word_113, w_60);
      sum_51 = add_byte_products_x16(sum_51, word_113, w_57);
      sum_52 = add_byte_products_x16(sum_52, word_113, w_58);
      const int column_114 = (left_55 + 7);
      const int at_115 = ((column_114 * channels) + first_word_56);
      const int4 x_116 = *(__global const i32x4_packed*)(x + start_11 + at_115);
      const int4 x_117 = *(__global const i32x4_packed*)(x + start_12 + at_115);
      const int4 x_118 = *(__global const i32x4_packed*)(x + start_13 + at_115);
      const int4 x_119 = *(__global const i32x4_packed*)(x + start_14 + at_115);
      const int16 word_120 = ((interleave_bytes_x16((int16)(x_116, x_117, x_118, x_119)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_49 = add_byte_products_x16(sum_49, word_120, w_61);
      sum_50 = add_byte_products_x16(sum_50, word_120, w_62);
      sum_51 = add_byte_products_x16(sum_51, word_120, w_59);
      sum_52 = add_byte_products_x16(sum_52, word_120, w_60);
      sum_53 = add_byte_products_x16(sum_53, word_120, w_57);
      sum_54 = add_byte_products_x16(sum_54, word_120, w_58);
      const int column_121 = (left_55 + 8);
      const int at_122 = ((column_121 * channels) + first_word_56);
      const int4 x_123 = *(__global const i32x4_packed*)(x + start_11 + at_122);
      const int4 x_124 = *(__global const i32x4_packed*)(x + start_12 + at_122);
      const int4 x_125 = *(__global const i32x4_packed*)(x + start_13 + at_122);
      const int4 x_126 = *(__global const i32x4_packed*)(x + start_14 + at_122);
      const int16 word_127 = ((interleave_bytes_x16((int16)(x_123, x_124, x_125, x_126)) & (int16)(keep_15)) | (int16)(fill_16));
      sum_51 = add_byte_products_x16(sum_51, word_127, w_61);
      sum_52 = add_byte_products_x16(sum_52, word_127, w_62);
      sum_53 = add_byte_products_x16(sum_53, word_127, w_59);
      sum_54 = add_byte_products_x16(sum_54, word_127, w_60);
      const int column_128 = (left_55 + 9);
      const bool ok_129 = (column_128 < width);
      const int inner_130 = (ok_129 ? column_128 : 0);
      const int at_131 = ((inner_130 * channels) + first_word_56);
      const int4 x_132 = *(__global const i32x4_packed*)(x + start_11 + at_131);
      const int4 x_133 = *(__global const i32x4_packed*)(x + start_12 + at_131);
      const int4 x_134 = *(__global const i32x4_packed*)(x + start_13 + at_131);
      const int4 x_135 = *(__global const i32x4_packed*)(x + start_14 + at_131);
      const int16 word_136 = ((interleave_bytes_x16((int16)(x_132, x_133, x_134, x_135)) & (int16)(keep_15)) | (int16)(fill_16));
      const int16 word_137 = (ok_129 ? word_136 : (int16)(nothing));
      sum_53 = add_byte_products_x16(sum_53, word_137, w_61);
      sum_54 = add_byte_products_x16(sum_54, word_137, w_62);
      const int row_138 = ((((first_line_17 * out_width) + pixel_19) * columns) + channel_21);
      const int out_139 = (row_138 + columns);
      const int out_140 = (row_138 + (2 * columns));
      const int out_141 = (row_138 + (3 * columns));
      const int out_142 = (row_138 + (4 * columns));
      const int out_143 = (row_138 + (5 * columns));
      const int out_144 = (row_138 + (6 * columns));
      const int out_145 = (row_138 + (7 * columns));
      const int row_146 = (((((first_line_17 + 1) * out_width) + pixel_19) * columns) + channel_21);
      const int out_147 = (row_146 + columns);
      const int out_148 = (row_146 + (2 * columns));
      const int out_149 = (row_146 + (3 * columns));
      const int out_150 = (row_146 + (4 * columns));
      const int out_151 = (row_146 + (5 * columns));
      const int out_152 = (row_146 + (6 * columns));
      const int out_153 = (row_146 + (7 * columns));
      const int16 t_154 = sum_39;
      const int16 scaled_155 = scale_rising_x16(t_154, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_156 = sum_41;
      const int16 scaled_157 = scale_rising_x16(t_156, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_158 = sum_43;
      const int16 scaled_159 = scale_rising_x16(t_158, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_160 = sum_45;
      const int16 scaled_161 = scale_rising_x16(t_160, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_162 = sum_47;
      const int16 scaled_163 = scale_rising_x16(t_162, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_164 = sum_49;
      const int16 scaled_165 = scale_rising_x16(t_164, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_166 = sum_51;
      const int16 scaled_167 = scale_rising_x16(t_166, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_168 = sum_53;
      const int16 scaled_169 = scale_rising_x16(t_168, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_170 = sum_40;
      const int16 scaled_171 = scale_rising_x16(t_170, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_172 = sum_42;
      const int16 scaled_173 = scale_rising_x16(t_172, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_174 = sum_44;
      const int16 scaled_175 = scale_rising_x16(t_174, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_176 = sum_46;
      const int16 scaled_177 = scale_rising_x16(t_176, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_178 = sum_48;
      const int16 scaled_179 = scale_rising_x16(t_178, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_180 = sum_50;
      const int16 scaled_181 = scale_rising_x16(t_180, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_182 = sum_52;
      const int16 scaled_183 = scale_rising_x16(t_182, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 t_184 = sum_54;
      const int16 scaled_185 = scale_rising_x16(t_184, row_24, row_26, row_28, row_30, row_32, row_34);
      const int16 packed_186 = pack_codes_x16(scaled_155, scaled_157, scaled_159, scaled_161);
      const int16 packed_187 = lookup_packed_x16(packed_186, entries_35, entries_36, entries_37, entries_38);
      *(__global i32x4_packed*)(y + (row_138 >> 2)) = packed_187.s0123;
      *(__global i32x4_packed*)(y + (out_139 >> 2)) = packed_187.s4567;
      *(__global i32x4_packed*)(y + (out_140 >> 2)) = packed_187.s89ab;
      *(__global i32x4_packed*)(y + (out_141 >> 2)) = packed_187.scdef;
      const int16 packed_188 = pack_codes_x16(scaled_163, scaled_165, scaled_167, scaled_169);
      const int16 packed_189 = lookup_packed_x16(packed_188, entries_35, entries_36, entries_37, entries_38);
      *(__global i32x4_packed*)(y + (out_142 >> 2)) = packed_189.s0123;
      *(__global i32x4_packed*)(y + (out_143 >> 2)) = packed_189.s4567;
      *(__global i32x4_packed*)(y + (out_144 >> 2)) = packed_189.s89ab;
      *(__global i32x4_packed*)(y + (out_145 >> 2)) = packed_189.scdef;
      const int16 packed_190 = pack_codes_x16(scaled_171, scaled_173, scaled_175, scaled_177);
      const int16 packed_191 = lookup_packed_x16(packed_190, entries_35, entries_36, entries_37, entries_38);
      *(__global i32x4_packed*)(y + (row_146 >> 2)) = packed_191.s0123;
      *(__global i32x4_packed*)(y + (out_147 >> 2)) = packed_191.s4567;
      *(__global i32x4_packed*)(y + (out_148 >> 2)) = packed_191.s89ab;
      *(__global i32x4_packed*)(y + (out_149 >> 2)) = packed_191.scdef;
      const int16 packed_192 = pack_codes_x16(scaled_179, scaled_181, scaled_183, scaled_185);
      const int16 packed_193 = lookup_packed_x16(packed_192, entries_35, entries_36, entries_37, entries_38);
      *(__global i32x4_packed*)(y + (out_150 >> 2)) = packed_193.s0123;
      *(__global i32x4_packed*)(y + (out_151 >> 2)) = packed_193.s4567;
      *(__global i32x4_packed*)(y + (out_152 >> 2)) = packed_193.s89ab;
      *(__global i32x4_packed*)(y + (out_153 >> 2)) = packed_193.scdef;
    }
  }
}
