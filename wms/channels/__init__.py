"""Where orders come from: one file a channel, all giving the neutral orders of `base`. Blind to the rest of wms."""
