__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void u8_load(
    __global const uchar* restrict x,
    __global float* restrict y,
    const int extent_a,
    const int zero_point) {
  const int gid_1 = (int)get_global_id(0);
  const int end_2 = ((extent_a / 16) * 16);
  for (int i_3 = 0; i_3 < end_2; i_3 += 16) {
    const int16 x_4 = convert_int16(vload16(0, x + i_3));
    vstore16(convert_float16((x_4 - (int16)(zero_point))), 0, y + i_3);
  }
  const int end_5 = (end_2 + (((extent_a - end_2) / 4) * 4));
  for (int i_6 = end_2; i_6 < end_5; i_6 += 4) {
    const int4 x_7 = convert_int4(vload4(0, x + i_6));
    vstore4(convert_float4((x_7 - (int4)(zero_point))), 0, y + i_6);
  }
}
