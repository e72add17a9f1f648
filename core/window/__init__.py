"""What operators with a window share: geometry, convolutions, pools."""
