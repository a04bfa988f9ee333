"""Codes of words that labels are named by (SNOMED CT, as DICOM PS3.16 lists it)."""

from collections.abc import Mapping

from napari_medal.export.dicom.coded_term import CodedTerm

Terms = Mapping[str, CodedTerm]

ANATOMICAL_STRUCTURE = CodedTerm("91723000", "Anatomical Structure")
ABNORMAL_STRUCTURE = CodedTerm("49755003", "Morphologically Abnormal Structure")
TISSUE = CodedTerm("85756007", "Tissue")


def _terms(table: str) -> Terms:
    """Understand lines of "code | meaning | further names, parted by commas"."""
    terms: dict[str, CodedTerm] = {}
    for line in table.strip().splitlines():
        value, meaning, *others = (part.strip() for part in line.split("|"))
        names = [meaning, *(others[0].split(",") if others else ())]
        terms |= {name.strip().lower(): CodedTerm(value, meaning) for name in names}
    return terms


TISSUES: Terms = _terms("""
    59820001 | Blood Vessel | vessel, blood vessels, vessels
    272673000 | Bone
    309312004 | Cartilage
    55603005 | Fat | adipose tissue
    389081007 | Gray Matter | grey matter, gm
    71616004 | Muscle
    39937001 | Skin
    85756007 | Tissue
    389080008 | White Matter | wm
""")

ANATOMY: Terms = _terms("""
    23451007 | Adrenal gland | adrenal
    4958002 | Amygdala
    15825003 | Aorta
    28273000 | Bile duct
    89837001 | Bladder | urinary bladder
    12738006 | Brain
    119238007 | Brain Stem | brainstem
    76752008 | Breast
    69105007 | Carotid Artery | carotid
    11000004 | Caudate Nucleus | caudate
    113305005 | Cerebellum
    40146001 | Cerebral cortex
    65216001 | Cerebrospinal Fluid | csf
    51299004 | Clavicle
    71854001 | Colon
    41801008 | Coronary artery
    38848004 | Duodenum
    32849002 | Esophagus | oesophagus
    81745001 | Eye
    71341001 | Femur
    28231008 | Gallbladder | gall bladder
    14738005 | Globus Pallidus | pallidum
    80891009 | Heart
    8993003 | Hepatic vein
    29836001 | Hip
    5366008 | Hippocampus | hippocampi
    85050009 | Humerus
    64131007 | Inferior vena cava | postcava, ivc
    64033007 | Kidney
    14742008 | Large intestine | large bowel
    4596009 | Larynx
    82471001 | Left atrium
    87878005 | Left ventricle | lv
    10200004 | Liver
    31094006 | Lobe of lung | lung lobe
    39607008 | Lung
    59441001 | Lymph Node
    91609006 | Mandible
    74135004 | Meniscus
    427667007 | Nucleus Accumbens | accumbens
    244453006 | Optic chiasm | chiasm
    15497006 | Ovary
    15776009 | Pancreas
    45289007 | Parotid gland | parotid
    64234005 | Patella
    118645006 | Pelvis
    56329008 | Pituitary | pituitary gland
    32764006 | Portal vein
    41216001 | Prostate
    81040000 | Pulmonary artery
    89278009 | Putamen
    34402009 | Rectum
    113197003 | Rib
    73829009 | Right atrium
    53085002 | Right ventricle | rv
    54735007 | Sacrum
    79601000 | Scapula
    64739004 | Seminal Vesicle
    89546000 | Skull
    30315005 | Small intestine | small bowel
    2748008 | Spinal cord
    421060004 | Spine
    78961009 | Spleen
    56873002 | Sternum
    69695003 | Stomach
    40689003 | Testis
    42695009 | Thalamus
    69748006 | Thyroid | thyroid gland
    12611008 | Tibia
    21974007 | Tongue
    44567001 | Trachea
    35039007 | Uterus
    21814001 | Ventricle
    51282000 | Vertebra | vertebrae
""")

FINDINGS: Terms = _terms("""
    44132006 | Abscess
    367643001 | Cyst
    79654002 | Edema | oedema
    41699000 | Effusion
    35566002 | Hematoma | haematoma
    50960005 | Hemorrhage | haemorrhage
    52988006 | Lesion
    4147007 | Mass
    6574001 | Necrosis | necrotic
    108369006 | Neoplasm | tumor, tumour, cancer, carcinoma, glioma
    14799000 | Neoplasm, Secondary | metastasis, metastases
    27925004 | Nodule
    60046008 | Pleural effusion
    396339007 | Thrombus
""")

MODIFIERS: Terms = _terms("""
    255549009 | Anterior
    261089000 | Inferior
    49370004 | Lateral
    7771000 | Left | lt
    255561001 | Medial
    255551008 | Posterior
    24028007 | Right | rt
    264217000 | Superior
""")

ANSWERS: Terms = _terms("""
    263654008 | Abnormal
    272519000 | Absent
    30807003 | Benign
    75540009 | High
    62482003 | Low
    21594007 | Malignant
    255604002 | Mild
    6736007 | Moderate
    260385009 | Negative
    373067005 | No
    260413007 | None
    164854000 | Normal
    10828004 | Positive
    52101004 | Present
    24484000 | Severe
    261665006 | Unknown
    373066001 | Yes
""")

QUANTITIES: Terms = _terms("""
    42798000 | Area
    81827009 | Diameter
    410668003 | Length
    118565006 | Volume
    103355008 | Width
""")
