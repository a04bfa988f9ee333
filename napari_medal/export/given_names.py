"""Given names that are common somewhere, but for those that are words of the trade or of English."""

_NAMES = """
aaron abdul adam adele adrian agnes ahmed aisha albert alejandro alessandro alex alexander alexandra ali alice
amanda amelie amir ana anastasia andre andrea andreas andrew angela anita anja ann anna anne annette antonio arthur
astrid ayse barbara beate beatrice benjamin bernd bernhard birgit bjorn bob brian brigitte bruno carla carlos carmen
caroline catherine cecilia charles charlotte christian christina christine christoph christopher claire clara
claudia claus daniel daniela david deborah diana diego dieter dmitri dominik donald doris dorothea eduardo edward
eleanor elena elias elisabeth elizabeth elke ella emily emma erich erik erika ernst esther eva evelyn fabian fatima
felix fernando florian francesca francesco francisco franz franziska frederik friedrich fritz gabriel gabriele
george gerhard gertrud giovanni gisela giulia giuseppe grzegorz guido gunther gustav hannah hans harald hassan heidi
heike heinrich heinz helen helena helga helmut henri henrik herbert hermann hiroshi horst hugo ibrahim ingrid irene
irina isabel isabella ivan jacob jacques jakob james jan jana jane janet jennifer jens jessica joachim joan johann
johanna johannes john jonas jonathan jorge jose josef joseph joshua juan juergen julia julian julie karin karl
karsten katarzyna katharina kathrin katja kenneth kevin klaus konrad krzysztof kurt lars laura lea leon leonie linda
lisa lothar louis louise luca lucas lucia luis lukas magdalena manfred manuel manuela marcel marco margaret maria
marie marina mario markus marta martha martin martina mary matthew matthias mehmet melanie mia michael michaela
michel michelle miguel mohamed mohammed monika muhammad mustafa nadine natalia natalie nathalie nicholas nicolas
nicole niklas nikolai nina norbert olga oliver olivia omar oscar otto pablo patricia patrick paul paula pauline
pawel pedro peter petra philipp pierre piotr rachel rafael rainer ralf rebecca regina renate richard robert roberto
rodrigo roger roland rolf rosa rudolf ruth samuel sandra sara sarah sebastian sergei sibylle sigrid silke silvia
simone sofia sophia sophie stefan stefanie stephanie stephen steven susan susanne sven svetlana tanja tatiana teresa
theodor theresa thomas thorsten tobias ulrich ulrike ursula ute uwe valentina vanessa vera veronika victor victoria
viktor vincent vladimir volker walter waltraud werner wilhelm william wolfgang yasmin yusuf yvonne zeynep
"""
GIVEN_NAMES = frozenset(_NAMES.split())
