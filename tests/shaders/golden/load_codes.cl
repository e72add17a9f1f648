#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
#ifndef U8X4_PACKED
#define U8X4_PACKED
typedef uchar4 u8x4_packed __attribute__((aligned(1)));
#endif
#ifndef U8X16_PACKED
#define U8X16_PACKED
typedef uchar16 u8x16_packed __attribute__((aligned(1)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void u8_load(
    __global const uchar* restrict x,
    __global float* restrict y,
    const int extent_a,
    const int zero_point) {
  const int gid_1 = (int)get_global_id(0);
  const int end_2 = ((extent_a / 16) * 16);
  for (int i_3 = 0; i_3 < end_2; i_3 += 16) {
    const int16 x_4 = convert_int16(*(__global const u8x16_packed*)(x + i_3));
    *(__global f32x16_packed*)(y + i_3) = convert_float16((x_4 - (int16)(zero_point)));
  }
  const int end_5 = (end_2 + (((extent_a - end_2) / 4) * 4));
  for (int i_6 = end_2; i_6 < end_5; i_6 += 4) {
    const int4 x_7 = convert_int4(*(__global const u8x4_packed*)(x + i_6));
    vstore4(convert_float4((x_7 - (int4)(zero_point))), 0, y + i_6);
  }
}
