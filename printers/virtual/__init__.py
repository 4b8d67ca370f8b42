"""An honest virtual Zebra: a real TCP printer with paper to run out of, faults to have and a tray of printed labels."""
