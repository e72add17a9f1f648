__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void i32_cumsum(
    __global const int* restrict x,
    __global int* restrict y,
    const int extent_a,
    const int extent_b,
    const int stride_a_a,
    const int count,
    const int step,
    const int rows) {
  const int gid_1 = (int)get_global_id(0);
  const int last_2 = min(rows, extent_a);
  for (int i_3 = 0; i_3 < last_2; i_3 += 1) {
    for (int i_4 = 0; i_4 < extent_b; i_4 += 1) {
      const int at_5 = ((i_3 * stride_a_a) + i_4);
      int total_6 = 0;
      for (int i_7 = 0; i_7 < count; i_7 += 1) {
        const int at_8 = (at_5 + (i_7 * step));
        y[at_8] = total_6;
        const int x_9 = x[at_8];
        total_6 = as_int((as_uint(total_6) + as_uint(x_9)));
      }
    }
  }
}
