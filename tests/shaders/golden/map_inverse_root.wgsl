fn mul_hi_u32x4(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
  let al = a & vec4<u32>(65535u);
  let ah = a >> vec4<u32>(16u);
  let bl = b & vec4<u32>(65535u);
  let bh = b >> vec4<u32>(16u);
  let lh = al * bh;
  let hl = ah * bl;
  let middle = ((al * bl) >> vec4<u32>(16u)) + (lh & vec4<u32>(65535u)) + (hl & vec4<u32>(65535u));
  return ah * bh + (lh >> vec4<u32>(16u)) + (hl >> vec4<u32>(16u)) + (middle >> vec4<u32>(16u));
}
fn mul_hi_i32x4(a: vec4<i32>, b: vec4<i32>) -> vec4<i32> {
  let high = mul_hi_u32x4(bitcast<vec4<u32>>(a), bitcast<vec4<u32>>(b));
  return bitcast<vec4<i32>>(high) - select(vec4<i32>(0i), b, a < vec4<i32>(0i)) - select(vec4<i32>(0i), a, b < vec4<i32>(0i));
}
@group(0) @binding(0) var<storage, read_write> x: array<vec4<i32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<i32>>;
struct Sizes {
  extent_a: i32,
  vectors: i32,
  total: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn i32_inverse_root(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let extent_a = sizes.extent_a;
  let vectors = sizes.vectors;
  let total = sizes.total;
  let gid_1 = i32(global_id.x);
  if ((gid_1 < total)) {
    let line_2 = (gid_1 / vectors);
    let column_3 = ((gid_1 - (line_2 * vectors)) * 4i);
    let x_4 = x[(column_3 >> 2u)];
    let x_5 = max(x_4, vec4<i32>(1i));
    let large_6 = (x_5 >= vec4<i32>(536870912i));
    var value_7 = select(x_5, (x_5 >> vec4<u32>(vec4<i32>(2i))), large_6);
    var shift_8 = select(vec4<i32>(11i), vec4<i32>(12i), large_6);
    for (var i_9 = 0i; i_9 < 14i; i_9 += 1i) {
      let small_10 = (value_7 < vec4<i32>(134217728i));
      value_7 = select(value_7, (value_7 << vec4<u32>(vec4<i32>(2i))), small_10);
      shift_8 = select(shift_8, (shift_8 - vec4<i32>(1i)), small_10);
    }
    let half_11 = (((value_7 >> vec4<u32>(vec4<i32>(1i))) + vec4<i32>(1i)) >> vec4<u32>(vec4<i32>(1i)));
    var root_12 = vec4<i32>(268435456i);
    for (var i_13 = 0i; i_13 < 5i; i_13 += 1i) {
      let low_14 = (bitcast<vec4<u32>>(root_12) * bitcast<vec4<u32>>(root_12));
      let high_15 = bitcast<vec4<i32>>((((bitcast<vec4<u32>>(mul_hi_i32x4(root_12, root_12)) << vec4<u32>(vec4<u32>(1u))) | (low_14 >> vec4<u32>(vec4<u32>(31u)))) + ((low_14 >> vec4<u32>(vec4<u32>(30u))) & vec4<u32>(1u))));
      let low_16 = (bitcast<vec4<u32>>(high_15) * bitcast<vec4<u32>>(root_12));
      let high_17 = bitcast<vec4<i32>>((((bitcast<vec4<u32>>(mul_hi_i32x4(high_15, root_12)) << vec4<u32>(vec4<u32>(1u))) | (low_16 >> vec4<u32>(vec4<u32>(31u)))) + ((low_16 >> vec4<u32>(vec4<u32>(30u))) & vec4<u32>(1u))));
      let cube_18 = select(select((high_17 << vec4<u32>(vec4<i32>(6i))), vec4<i32>(i32(-2147483648)), (high_17 < vec4<i32>((-33554432i)))), vec4<i32>(2147483647i), (high_17 > vec4<i32>(33554431i)));
      let low_19 = (bitcast<vec4<u32>>(root_12) * bitcast<vec4<u32>>(vec4<i32>(402653184i)));
      let high_20 = bitcast<vec4<i32>>((((bitcast<vec4<u32>>(mul_hi_i32x4(root_12, vec4<i32>(402653184i))) << vec4<u32>(vec4<u32>(1u))) | (low_19 >> vec4<u32>(vec4<u32>(31u)))) + ((low_19 >> vec4<u32>(vec4<u32>(30u))) & vec4<u32>(1u))));
      let low_21 = (bitcast<vec4<u32>>(cube_18) * bitcast<vec4<u32>>(half_11));
      let high_22 = bitcast<vec4<i32>>((((bitcast<vec4<u32>>(mul_hi_i32x4(cube_18, half_11)) << vec4<u32>(vec4<u32>(1u))) | (low_21 >> vec4<u32>(vec4<u32>(31u)))) + ((low_21 >> vec4<u32>(vec4<u32>(30u))) & vec4<u32>(1u))));
      let next_23 = (high_20 - high_22);
      root_12 = select(select((next_23 << vec4<u32>(vec4<i32>(3i))), vec4<i32>(i32(-2147483648)), (next_23 < vec4<i32>((-268435456i)))), vec4<i32>(2147483647i), (next_23 > vec4<i32>(268435455i)));
    }
    let low_24 = (bitcast<vec4<u32>>(root_12) * bitcast<vec4<u32>>(vec4<i32>(1518500250i)));
    let high_25 = bitcast<vec4<i32>>((((bitcast<vec4<u32>>(mul_hi_i32x4(root_12, vec4<i32>(1518500250i))) << vec4<u32>(vec4<u32>(1u))) | (low_24 >> vec4<u32>(vec4<u32>(31u)))) + ((low_24 >> vec4<u32>(vec4<u32>(30u))) & vec4<u32>(1u))));
    y[(column_3 >> 2u)] = select(bitcast<vec4<i32>>((bitcast<vec4<u32>>(high_25) << vec4<u32>(bitcast<vec4<u32>>(max((-shift_8), vec4<i32>(0i)))))), vec4<i32>(2147483647i), (x_4 <= vec4<i32>(1i)));
  }
}
