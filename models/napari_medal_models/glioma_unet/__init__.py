"""The U-Net of Buda, Saha and Mazurowski 2019 for lower-grade glioma, slice by slice."""
