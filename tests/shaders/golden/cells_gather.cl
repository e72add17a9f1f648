__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_gather(
    __global const float* restrict x,
    __global const int* restrict side_a,
    __global float* restrict y,
    const int extent_a,
    const int extent_b,
    const int stride_a_a,
    const int rows) {
  const int gid_1 = (int)get_global_id(0);
  const int last_2 = min(rows, extent_a);
  for (int i_3 = 0; i_3 < last_2; i_3 += 1) {
    for (int i_4 = 0; i_4 < extent_b; i_4 += 1) {
      const int at_5 = ((i_3 * stride_a_a) + i_4);
      const int x_6 = side_a[i_3];
      const int place_7 = min(max(x_6, 0), 8);
      const float x_8 = x[((place_7 * 4) + i_4)];
      y[at_5] = x_8;
    }
  }
}
