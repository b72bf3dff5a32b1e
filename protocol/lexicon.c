#include "protocol/lexicon.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

extern const char lexicon_list[]; /* lexicon.S */

/* --- Our own lists --- */

static const struct {
    uint32_t kinds;
    const char *words;
} lists[] = {
    {WORD_FUNCTION,
     "a about above across actually after again against all almost alone along already also "
     "although "
     "always am among an and another any anybody anyone anything anyway are around as at away back "
     "be because been before behind being below best better between both but by came can cannot "
     "come "
     "could did do does doing done down due during each either else ended enough even ever every "
     "everybody everyone everything few first for from further gave get gets getting give go goes "
     "going gone good got had has have having he hence her here hers herself him himself his how "
     "however i if in indeed instead into is it its itself just keep kept know last later least "
     "less "
     "let like made make many may me might mine more most much must my myself near nearly never "
     "new "
     "next no nobody none nor not nothing now of off often old on once one only onto or other "
     "others "
     "our ours ourselves out over own perhaps please pm am put quite rather really run said same "
     "saw say "
     "says second see seen seems several shall she should since so some somebody someone something "
     "soon still such sure take taken than that the their theirs them themselves then there these "
     "they thing things think this those though three through thus till to together too took two "
     "under until up upon us use used usually very via want was way we well went were what "
     "whatever "
     "when where whether which while who whoever whole whom whose why will with within without "
     "would yes yet you your yours yourself four five six seven eight nine ten"},
    {WORD_ARTICLE,
     "the a an our this that these those each every any no some their your its both all "
     "another such same new old first second third last next other"},
    {WORD_HONORIFIC,
     "mr mrs ms mx dr prof professor rev revd reverend cllr clr councillor cllrs mssrs messrs esq "
     "cynghorydd cyng parch parchedig pc dc ds di dci sgt insp supt pani hafiz fr bro mgr rabbi "
     "imam pastor "
     "lady"},
    {WORD_TITLE,
     "miss sister father brother sir lord dame nurse doctor major captain canon aunt auntie uncle "
     "nan nana gran granny grandad grandma mam mum dad judge deputy sergeant constable"},
    {WORD_ROLE,
     "worker workers officer officers manager managers pa carer carers mum dad mam mother father "
     "parent "
     "parents granny grandmother grandfather grandad gran nan widow widower sister brother son "
     "daughter "
     "husband wife partner niece nephew aunt uncle cousin resident residents tenant tenants "
     "leaseholder "
     "headteacher head teacher pupil pupils student child driver clerk pm registrar farmer "
     "treasurer "
     "chair chairman named called claimant claimants customer applicant appellant informant groom "
     "bride "
     "contact client patient keeper owner occupier neighbour neighbours "
     "landlord landlady agent architect surveyor inspector solicitor barrister advocate advocates "
     "interpreter chemist pharmacist gp consultant nurse matron midwife therapist ot psychologist "
     "physio councillor cllr governor governors caretaker cook cleaner crew supervisor team leader "
     "lead director adviser advisor assessor reviewer assistant apprentice trainee "
     "administrator secretary receptionist librarian warden ranger foreman contractor plumber "
     "electrician builder friend friends girlfriend boyfriend colleague colleagues witness "
     "complainant detective sergeant constable vicar minister priest deacon trustee "
     "volunteer volunteers buddy mentor coach escort guardian respondent petitioner name "
     "names author attn chaired minuted subject deceased lad boy girl baby "
     "twin twins man woman lady bloke guy dpo dso smo senco ceo alias aka analyst engineer "
     "technician "
     "developer planner auditor investigator coordinator co-ordinator commissioner operative "
     "gritter "
     "gweithiwr gweithwraig swyddog rheolwr rheolwraig pennaeth mam tad merch mab chwaer brawd gŵr "
     "gwraig nain taid mamgu tadcu nyrs meddyg athro athrawes cymydog tenant disgybl plentyn "
     "gofalwr "
     "cofrestrydd clerc perchennog gyrrwr enw hawlydd ymgeisydd"},
    {WORD_KIN,
     "mum dad mam mother father granny grandmother grandfather grandad gran nan sister "
     "brother son daughter husband wife partner niece nephew aunt uncle cousin friend neighbour "
     "carer girlfriend boyfriend twin boss colleague"},
    {WORD_DOES,
     "said says told tells left leaves rang rings kept keeps asked asks explained explains knew "
     "knows "
     "found finds spotted offered offers turned turns wrote writes died dies lives lived worked "
     "works "
     "took takes became refused refuses promised noticed joined retired thinks thought wants "
     "wanted "
     "needs needed goes went came comes got gets gave gives feels felt moved moves arrived "
     "attended "
     "attends reported reports agreed advised confirmed confirms queried replied replies raised "
     "signed "
     "sent sends saw sees heard hears visited phoned called calls emailed e-mailed texted chased "
     "complained objected lost paid pays drove drives walked sat sits stood stands fell waited "
     "waits "
     "missed chaired presented apologised apologises thanked proposed seconded suggested insisted "
     "stayed returned started stopped made makes did does can't won't wasn't isn't didn't doesn't "
     "couldn't hasn't hadn't recommended noted mentioned admitted denied claimed wondered pointed "
     "argued begged cried shouted shouting swore laughed smiled slept woke ate drank fed bathed "
     "collected dropped carried opened closed locked handed picked put resigned reads read "
     "copied forwarded logged typed filed forgot remembered believes believed hates loves likes "
     "liked hopes tried tries used uses turned wandered absconded disclosed alleged assaulted hit "
     "kicked bit screamed hid ran speaks spoke talks talked warned warns objects owes owns bought "
     "sold "
     "began begins led leads manages managed covered covers runs answered answers counted counts "
     "checked checks translated interpreted brought brings wept met meets helped helps"},
    {WORD_BE, "was is has had been being gets got isn't wasn't hasn't hadn't"},
    {WORD_DONE,
     "placed told moved asked seen born discharged admitted referred assessed sent taken found "
     "given "
     "refusing asking saying coming staying waiting "
     "living ill upset unwell excluded evicted arrested charged sectioned detained adopted "
     "fostered accommodated bitten hit injured hurt removed left returned offered refused been "
     "known "
     "described named shown kept put turned met called a an the not very quite only now still also "
     "happy sad angry frightened scared cold hungry tired thirsty pregnant deaf blind autistic "
     "diabetic "
     "retired dead alive missing late early"},
    {WORD_TO,
     "told asked rang called phoned saw met visited emailed texted thanked named contacted copied "
     "cc bcc chased paid informed advised warned helped ask tell ring phone text email contact "
     "chase see dywedodd gofynnodd ffoniodd ysgrifennodd meddai attn fao"},
    {WORD_GREETING,
     "dear hi hello hiya hey annwyl helo bore prynhawn noswaith da morning afternoon evening"},
    {WORD_CLOSING,
     "regards thanks cheers sincerely faithfully wishes diolch cofion gywir ta thx rgds sorry "
     "best kr yours truly love"},
    {WORD_PARTICLE,
     "van von de der den del della di da dos das du la le el al bin bint ibn ben ap ab ferch "
     "verch ur ul ud ní nic mac mc o' ó st ter ten zu te y"},
    {WORD_STREET,
     "road street lane close avenue drive way rise court gardens terrace crescent hill row walk "
     "grove "
     "square house wharf bypass estate fen quay mews parade view green park common ward village "
     "bridge "
     "pl hse blvd loke rd st ave cres tce dr ln gdns sq field fields meadow meadows heath moor "
     "yard place fawr "
     "wynd brae loan gate mount vale croft end flats heights tower point marsh island beach "
     "harbour "
     "station roundabout junction underpass footpath towpath allotments recreation rec cemetery "
     "cottage cottages farm barn manor villas buildings mansions arcade bank side"},
    {WORD_SITE,
     "school academy college nursery hospital infirmary surgery hospice pharmacy refuge "
     "recruitment almshouses drovers cyf lettings minicoaches church chapel "
     "mosque "
     "temple synagogue gurdwara cathedral lodge grange homecare medical university playgroup "
     "preschool "
     "pre-school infants juniors clinic bakery skips fc afc rfc cc cic ltd limited plc llp cio "
     "mosque "
     "primary secondary infant junior high nurseries assembly arms inn hotel brewery garage "
     "museum theatre library leisure lettings solicitors heating roofing scaffolding plumbing "
     "joinery builders "
     "hire taxis cabs travel coaches haulage kennels stables motors "},
    {WORD_GROUP,
     "trust partnership association centre care home homes club group society foundation services "
     "federation practice union charity project network forum hub unit team house court "
     "company agency contractors construction consultants architects recruitment catering cleaning "
     "support housing hall"},
    {WORD_GENERIC,
     "primary secondary special infant junior nursery first middle high lower upper care community "
     "health mental social adult adults children children's young people home nursing residential "
     "day "
     "respite local public family hub contact customer call civic town city county village parish "
     "district area leisure medical general royal national free church school academy college "
     "hospital "
     "council housing homes support service services centre team multi-agency early years youth "
     "sixth "
     "form special schools learning disability disabilities reablement intermediate crisis "
     "emergency "
     "out hours duty initial main front back side north south east west central new old the "
     "integration joint board credit union citizens advice job food bank business enterprise "
     "innovation "
     "sports sport art arts science heritage garden industrial retail recycling waste household "
     "safeguarding assessment intervention prevention discharge hospital hospitals foundation"},
    {WORD_WHERE,
     "in near at around outside opposite behind off across along towards beside into through yn "
     "yng ym ger ar of"},
    {WORD_WELSH | WORD_FUNCTION,
     "mae yn y yr ar gan wedi oedd roedd i o a ac am at ei eu bod nid ni na nad oes sydd sy fod "
     "fel gyda "
     "gyda'r i'r o'r a'r â heb hyd hwn hon hyn honno hwnnw hynny ond pan pa pwy pwyllgor rhag trwy "
     "un "
     "dau dwy tri tair wrth yno yma dim neb chi nhw hi fe fo eich ein ers cyn ôl bob pob mewn "
     "rhwng "
     "os neu felly hefyd iawn mwy llai gwaith newydd bellach bu byddai bydd cafodd cael dros dan "
     "drwy "
     "er erbyn gellir gwnaed gwneud hi'n i'w mai mor nes nos o'i oherwydd oni onid pawb pam petai "
     "pryd rhai rhaid rhoi sef sut tra un union unrhyw unwaith wnaeth y'i yw ydy ydym ydyw"},
    {WORD_SAFE | WORD_WELSH,
     "cafodd bu bydd mae roedd oedd nid ni dywedodd gofynnodd ffoniodd anfonodd aeth daeth gwnaeth "
     "rhoddodd cawsom cawson gwelodd gwelwyd cynhaliwyd penderfynwyd cytunwyd adroddwyd nodwyd "
     "nodyn eitem rhif ffurflen cais cyngor cymraeg cymru llywodraeth saesneg gymraeg gymru "
     "nghymru "
     "deddf adran pennod rhan atodiad safonau comisiynydd ombwdsmon estyn ionawr chwefror mawrth "
     "ebrill "
     "mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr llun mawrth mercher iau gwener "
     "sadwrn sul "
     "nadolig pasg ffoniwch anfonwch cysylltwch diolch annwyl bore gwasanaethau cymdeithasol "
     "addysg tai "
     "priffyrdd cynllunio pwyllgor cabinet cadeirydd aelod swyddog rheolwr pennaeth grant treth "
     "gofal iechyd bwrdd ysgol gwersi gwers beth pam sut pan ond ers wedi ar yn os er gan heb dim "
     "neb "
     "pawb hawl cost costiodd nawr heddiw ddoe yfory wythnos mis blwyddyn diwedd dechrau dyddiad "
     "enw cyfeiriad ffôn ebost e-bost un dau tri pedwar pump hanner cywirwyd collwyd "
     "newidiwyd gofynnwyd dywedwyd derbyniwyd gwrthodwyd ailadroddwyd ychwanegwyd cododd "
     "methodd arhosodd dychwelodd siaradodd trefnwyd talwyd tybiwyd erbyn felly hefyd oherwydd "
     "cynllun cynlluniau teulu teuluoedd plant plentyn bellach cyfarfod cofnodion camau cam cyfrif "
     "cod geni ganwyd ganed dyna dyma yna yno dylai dylid rhaid bwriad cofiwch peidiwch gwnewch "
     "cafwyd rhoddwyd anfonwyd codwyd cedwir cadwyd hon hwn hyn clywodd clywyd atebodd "
     "atgoffwyd dangosodd ymddiheurodd ymddiheurwyd ymwelodd ysgrifennodd y'r yr y mewn o i'r o'r "
     "ni'n fe fel prawf mabwysiadu maethu disgyblion dirprwy pennod tîm timau gweithdy pleidlais"},
    {WORD_WELSH_PLACE,
     "heol stryd ffordd afon lough loch river cwm rhodfa lôn maes parc bryn tŷ ty pont clos "
     "cilgant trem glan"},
    {WORD_WELSH_SITE, "llyfrgell cylch amgueddfa ysgol ysbyty plas clwb cymdeithas meddygfa capel "
                      "eglwys neuadd cartref canolfan coleg"},
    {WORD_CAPITAL,
     "precious patience comfort winter summer autumn bishop long wall begum parish blessing gift "
     "goodness "
     "mercy charity prosper lovemore memory beauty praise divine innocent justice favour princess "
     "junior "
     "destiny trinity chastity constance prudence temperance verity honour honor fortune happiness "
     "beloved "
     "sunday friday wisdom knowledge loveness trymore givemore tendai moses king prince duke earl "
     "baron "
     "page cook baker butcher carpenter mason potter turner weaver wright fisher hunter shepherd "
     "farmer "
     "gardener porter butler steward chamberlain archer bowman fletcher cooper tanner sawyer tyler "
     "glover thatcher wood woods field fields hill hills lake rivers brook brooks ford forest bush "
     "marsh moor heath stone stones rock sand sands snow frost rain storm gale day knight noble "
     "bright "
     "sharp short little large small strong savage wise good best fox wolf lamb bull swan crane "
     "drake "
     "finch heron peacock nightingale partridge sparrow robin martin jay wren hawk bird fish pike "
     "salmon "
     "herring crab rose lily daisy iris ivy heather hazel holly olive poppy violet primrose "
     "jasmine "
     "myrtle fern ash oak birch elm thorn basil ginger rosemary sage saffron amber ruby pearl opal "
     "jade crystal coral gem goldie sunny stormy misty rocky rusty sandy dusty ginger red angel "
     "star "
     "sky river ocean storm bear ace chance chase chip bud buddy sonny skip rod pat sue drew dean "
     "gene earl miles peg penny nick rob bob jack jim jimmy bill billy will mark frank grant dale "
     "glen "
     "lance cliff rich grace faith hope joy may june april dawn eve carol merry gay peg pansy "
     "crown cross "
     "price pound penny sterling gold silver copper steel black white green brown gray grey pink "
     "blue "
     "church temple chapel abbey hall house street lane park banks bank mills mill barn pope monk "
     "nunn "
     "abbot priest dean deacon law laws love loveday darling friend singer piper harper horn bell "
     "bells "
     "case court judge sherriff marshall major sergeant page read reader rush rudd speed swift "
     "hasty "
     "quick slaughter savage hardy harding coward power powers pride sweet sweeting tempest "
     "christmas "
     "pastor sultan malik noor nasir amin bakr rana shah mir khan gill dove bray booth boot bond "
     "boon "
     "boss bower box boyce brand branch broad buck burden burns byrd cage cain cannon carver cash "
     "chalk "
     "chew clay coffin cole combs cope cotton couch cox cracknell craft cram crisp croft "
     "cross "
     "cruise crump cutler dance daring dark diamond dodge driver duck dwyer dyer early east ember "
     "england "
     "english farr fear few field flood flowers flint foot forge foster freeman frost fry fuller "
     "gamble "
     "garland gates giles goose grave graves greed grove guest gunn guy hale ham hand hart haste "
     "hatch hay "
     "heard hole holder home hood hook hurst ireland joiner keen key kitchen lavender lock lord "
     "lovelock "
     "lowe luck maker mann march may meek merchant money moody moon morrow neighbour new noon "
     "north nutter "
     "orange organ outlaw pace pack paine pane parrot patch paternoster peace peach peer pepper "
     "perk pitt "
     "plant plum pond pool poor post prior proud quill raven raynor reeve ridge ring roach rook "
     "root rowe "
     "sadler salt scales scull seal sellers sheath silk skeats skinner smart smiles south speaker "
     "spear "
     "spencer spice spinks spring spurr stack starling steel street style summers tait tapper "
     "tarrant "
     "teal thistle tice till trickle trout truelove tuck twelvetrees valentine vane vine wade "
     "wager walker "
     "ward waters webb welcome west wilder winkle winn winters wolfe worth wynn yard young "
     "younger"},
    {WORD_SAFE | WORD_WELSH,
     "llesiant sulgwyn galwad rhestr ystafell caewyd symudwyd cymerodd cymerwyd deunaw ugain rhoes "
     "yswiriant gwladol cenedlaethol cyfeirnod lleoliad sylwadau tystysgrif gwybodaeth cyfreithiol "
     "gweinidog prif gogledd dwyrain gorllewin cyhoeddus gyngor nghyngor chyngor "
     "archwiliad adolygiad asesiad atgyfeirio atgyfeiriad ymweliad llythyr llythyrau taliad "
     "trethdalwr "
     "tenantiaeth trwydded apêl hysbysiad gorchymyn gorfodi gorfodaeth ymateb ymholiad cwestiwn "
     "ateb "
     "adroddiad adroddiadau polisi strategaeth prosiect gwasanaeth uned cyllid cyllideb "
     "cofrestr llyfrgell llyfrgelloedd amgueddfa swyddfa heddlu tân ambiwlans "
     "ysgolion athrawon rhieni gofalwyr pobl oedolion henoed ieuenctid babanod cynradd uwchradd "
     "meithrin "
     "ailgylchu gwastraff biniau sbwriel ffyrdd trafnidiaeth bws bysiau tacsi "
     "dylem dylent gallai gallem gallent hoffem hoffwn credaf credwn gwyddom gwn gwelaf gofynnaf "
     "anfonais anfonaf ffoniais ysgrifennais cefais cawsant gwnaethom gwnaethant aethom daethom "
     "aethpwyd daethpwyd dechreuodd gorffennodd parhaodd newidiodd collodd enillodd talodd prynodd "
     "gwerthodd agorodd caeodd symudodd gadawodd daliodd cadwodd cofnododd nododd cytunodd "
     "gwrthododd "
     "derbyniodd adroddodd eglurodd esboniodd cyfaddefodd honnodd mynnodd awgrymodd cynigiodd "
     "eiliodd "
     "cadarnhaodd diolchodd croesawodd gwanwyn hydref gaeaf eira glaw "},
    {WORD_SAFE,
     "members officers councillors governors trustees residents tenants revenues facilities "
     "parking "
     "cafcass spydus agresso confirm hi-vis weds wkend wkends teh hte taht strat strats hmless "
     "wifes "
     "assembly entrance corridor gate floor reception atrium agm egm cabinet tuc acas "
     "france spain germany italy poland romania turkey india pakistan bangladesh nigeria ghana "
     "somalia "
     "china portugal lithuania latvia ukraine russia america usa canada australia jamaica syria "
     "iraq iran "
     "afghanistan eritrea ethiopia sudan kenya zimbabwe albania bulgaria hungary greece cyprus "
     "malta "
     "japan vietnam philippines nepal brazil mexico egypt morocco algeria "
     "latvian bulgarian hungarian greek albanian kosovan syrian iraqi iranian afghan eritrean "
     "ethiopian "
     "sudanese kenyan zimbabwean jamaican ghanaian filipino nepali brazilian american canadian "
     "australian "
     "dutch swedish norwegian danish finnish russian japanese korean thai latin roma romany gypsy "
     "traveller travellers jew jews israeli palestinian "
     "aye och wee aidios shd wd cd wld shld b/c w/o w/e abt bc fr frm tmrw tmw 2day 2moro gd mgs "
     "docx xlsx toil plo cpd appraisal appraisals supervisions"},
    {WORD_SAFE, "born died née aareon abritas locata jigsaw nec resourcelink myview unit4 ariba "
                "proactis in-tend "
                "symology mayrise bartec whitespace alloy yotta exacom acolaid flare tascomi arcus "
                "halo controcc "
                "oxygen cygnum cm2000 webroster adastra jadu notify verify drupal wordpress "
                "kahootz yammer miro "
                "canva mentimeter surveymonkey smartsurvey qualtrics eventbrite doodle dropbox "
                "wetransfer egress "
                "mimecast zscaler okta sophos norton ebay paypal uber deliveroo alexa siri cortana "
                "chatgpt copilot "
                "bolam montgomery cheshire hansard erskine haldane hackitt kickstart prevent "
                "pathfinder sure schwartz "
                "signs homes levelling thriving making every contact count golden thread "
                "delphi scamper swot pest kanban agile scrum waterfall six sigma "
                "treasury hmt gds cabinet odpm dclg mhclg dluhc defra bis beis dbt dsit dcms dft "
                "doh dhsc dhss moj "
                "ministry justice archbishop bishops pope king king's queen queen's crown "
                "coronation jubilee olympic "
                "olympics paralympic commonwealth windsor downing london's "
                "mrsa norovirus legionella asbestos diphtheria measles alzheimer's parkinson's "
                "down's asperger's "
                "huntington's crohn's tourette's braille makaton pecs portage thrive lego "
                "minecraft roblox playstation "
                "xbox nintendo barbie pokemon disney sainsburys tescos waitrose primark greggs "
                "costa starbucks "
                "mcdonald's kfc subway nando's wetherspoons biro tipp-ex post-it post-its tannoy "
                "hoover velcro sellotape "
                "portakabin portaloo jcb land rover ford's stannah dyson karcher henry zimmer "
                "sunday's monday's friday's newsnight panorama corrie eastenders"},
    {WORD_SAFE, "page pages jobcentre equalities ride-along ride-alongs workaround workarounds "
                "walkthrough walkthroughs "
                "helpline helplines healthwatch procurements foodbank foodbanks worklist worklists "
                "timesheet timesheets dropdown tickbox tickboxes whiteboard whiteboards"},
    {WORD_SAFE | WORD_WELSH, "nodiadau balch"},
    {WORD_PERSONA,
     "child adult baby person family pupil sibling plentyn oedolyn claf resident patient "
     "tenant witness mother father teulu"},
    {WORD_COUNCIL,
     "county borough city district metropolitan unitary royal london town parish sirol "
     "bwrdeistref dinas and"},
    {WORD_SAFE,
     "january february march april may june july august september october november december jan "
     "feb mar "
     "apr jun jul aug sept sep oct nov dec monday tuesday wednesday thursday friday saturday "
     "sunday "
     "mondays tuesdays wednesdays thursdays fridays saturdays sundays mon tue tues wed thu thur "
     "thurs "
     "fri sat sun christmas easter eid ramadan diwali "
     "michaelmas lent whitsun hogmanay halloween boxing english "
     "welsh irish scottish scots british french polish romanian urdu punjabi bengali somali arabic "
     "turkish vietnamese portuguese spanish german italian lithuanian ukrainian chinese mandarin "
     "cantonese gujarati hindi tamil kurdish farsi dari pashto tigrinya amharic gaelic bsl england "
     "wales "
     "scotland ireland britain europe european uk eu gb ni england's wales's scotland's "
     "african asian caribbean indian pakistani bangladeshi nigerian "
     "excel teams powerpoint word outlook sharepoint onedrive onenote facebook twitter whatsapp "
     "gmail "
     "google youtube instagram linkedin tiktok zoom skype windows microsoft office adobe acrobat "
     "android apple iphone "
     "ipad chrome firefox netflix amazon oracle sap azure jira trello slack github python java "
     "linux citrix "
     "vpn mosaic liquidlogic northgate capita civica idox uniform academy orchard carefirst azeus "
     "eclipse paris rio systmone emis capitaone synergy servicenow salesforce docusign tableau "
     "power bi "
     "cloud covid coronavirus covid-19 brexit windrush grenfell hillsborough "
     "ofsted estyn act acts section sections regulation regulations chapter part "
     "parts schedule article clause paragraph annex appendix item items agenda minutes form forms "
     "council councils ombudsman home office national insurance care children mental capacity "
     "freedom "
     "information data protection equality human rights localism gillick fraser munro nolan "
     "caldicott "
     "wednesbury bradford waterlow barthel bellwin laming winterbourne seebohm barnett francis "
     "casey "
     "braidwood southwark merton clare's sarah's martha's natasha's helen's wendy rogers gunning "
     "lean pareto gantt likert maslow bruner piaget freud "
     "green book best value deprivation liberty safeguards health social services "
     "inspectorate commission year term tribunal court panel reg tweet oyster metro "
     "parliament westminster senedd holyrood stormont whitehall treasury cabinet minister "
     "government "
     "secretary state department education housing levelling communities transport environment "
     "nhs hmrc dwp cqc ico ehrc lga local police fire rescue ambulance crown high supreme appeal "
     "ask audit scotland audit office mayor committee board scrutiny full "
     "universal credit housing benefit pip esa jsa blue badge bus pass council tax business rates "
     "god bible qur'an quran bank holiday new year's eve day st george's andrew's david's "
     "patrick's "
     "royal mail post office citizens advice shelter mencap mind scope barnardo's nspcc unison gmb "
     "unite age concern samaritans childline crisis macmillan tesco asda sainsbury's morrisons "
     "lidl "
     "aldi boots argos ikea ford vauxhall volvo transit nissan toyota volkswagen renault fiesta "
     "corsa bmw audi "
     "access storm q1 q2 q3 q4 plan code framework standard standards strategy "
     "policy review programme project phase stage tier level grade band unit module "
     "internet web wifi wi-fi bluetooth pdf csv usb sms gps cctv ehcp ehc send sen senco dols "
     "dol mca mha dnr dnacpr asc cin lac chc s117 s42 s47 s17 s20 hr it ict finance legal "
     "democratic registrars licensing planning highways waste parks "
     "ok okay asap eta fyi tbc tbd fao nb ps re fw fwd eg ie etc vs approx dept mtg appt msg pls "
     "plz thx "
     "tkn wk wks yr yrs hr hrs min mins pt pts f2f wfh ooo eod cop asap b4 u ur r n y/n lol omg "
     "idk tbh "
     "imo btw fab cos coz cus thats dont didnt cant wont isnt wasnt hasnt hadnt doesnt couldnt "
     "wouldnt "
     "shouldnt havent arent werent ive im id youre theyre weve shes hes theres whats lets its il "
     "itll "
     "theyve youve theyll well wed hed shed gonna gotta wanna dunno yeah yep nope nah ta soz "
     "admin spreadsheet spreadsheets email emails online inbox login logins website websites "
     "helpdesk "
     "safeguarding reablement commissioning signposting upskilling homecare caseload caseloads "
     "multi-agency voids fobs rota rotas defra dfe dlg dluhc mhclg moj mod dvla dvsa hse nice "
     "ukhsa phe "
     "phw sepa sccjr cosla wlga cipfa solace adass adcs cih rics riba ico icb icbs ccg ccgs pct "
     "mash "
     "marac mappa laco lado sar sars scr dhr foi eir sar dpia gdpr dpa pace ripa nrpf tupe dbs crb "
     "vat paye rti bacs chaps iban pin url api csv xml json sql html rag kpi kpis sla slas rfp itt "
     "pqq "
     "ojeu ltd plc cic llp gp gps ot ots sw sws ta tas ea eps ep cpn cpns amhp amhps aswp iro iros "
     "imca "
     "imcas rpr nok poa lpa dnr tto ttos pt pts a&e icu er mri ct adhd asd pmld sld mld semh slt "
     "salt "
     "camhs cmht cmhts hiv tb copd uti mrsa iv bp bmi cpr prn mar mdt mdts uc ctr ctrs lha dhp "
     "dhps rtb hmo hmos asb asbo cpn cpns pspo pspos pcn pcns tro tros pcso pcsos pc pcs ds dc mp "
     "mps ms msp "
     "msps mep cllr cllrs ceo cfo cio cto smt slt clt cmt dmt pmo pid "
     "pmo raid prince2 itil iso bsi pas ppe coshh riddor loler cdm tpo sssi aonb lpa npff nppf "
     "nppg "
     "cil s106 gis llpg nlpg uprn usrn os epc hhsrs dfg dfgs ots eal fsm pp ks1 ks2 ks3 ks4 ks5 "
     "gcse gcses btec nvq neet neets pru prus mat mats sacre sacres loac pep peps pupil premium "
     "eyfs "
     "sats ehe cme fe he nqt ect inset "
     "cc bcc re pp ppl mgmt mgr govt gov info docs doc pics pic app apps vid spec temp temps sec "
     "am pm gmt bst ukip snp tv dvd cd pc pcs mac ipads iphones laptops vcr bbc itv radio times "
     "guardian telegraph mail sun mirror "
     "i'm i've i'd i'll para paras rec'd hv hvs option options "
     "sikh sikhs hindu hindus muslim muslims christian christians jewish buddhist catholic "
     "catholics "
     "protestant methodist quaker anglican baptist "
     "telecare itrent ext diff tel fax mob meds stairlift stairlifts upn upns chi nino dob dobs "
     "nhsno gps "
     "well-being wellbeing lifeline careline handyperson crossbow flytipping fly-tip "
     "ghs tup wfm netcall zoom lagan firmstep granicus civica's govmetric citizenspace modgov "
     "mon-fri sat/sun bday b'day appts mtgs docs attachs hols eve "
     "annex ctb hb ctr cts ctax bid bids hwrc tfl dab e-bike e-bikes e-scooter"},
};

/* --- A table of them --- */

struct entry {
    struct bytes word;
    uint32_t kinds;
};
#define SLOTS 16384u /* Four times what the lists hold. */
struct lexicon {
    struct entry slots[SLOTS];
    size_t count;
    uint32_t starts[26 * 26 + 1]; /* Where the lines begin that begin with two letters. */
};

static const struct entry *find_entry(const struct lexicon *lexicon, struct bytes word)
{
    size_t slot = (size_t)bytes_hash(word) % SLOTS;

    while (lexicon->slots[slot].word.data != NULL && !bytes_equal(lexicon->slots[slot].word, word))
        slot = (slot + 1) % SLOTS;
    return &lexicon->slots[slot];
}

static void add_list(struct lexicon *lexicon, const char *text, uint32_t kinds)
{
    for (size_t size; *text != '\0'; text += size) {
        text += strspn(text, " ");
        size = strcspn(text, " ");
        if (size == 0)
            break;
        struct entry *entry = (struct entry *)find_entry(lexicon, bytes_of(text, size));
        lexicon->count += entry->word.data == NULL;
        assert(lexicon->count < SLOTS / 2);
        entry->word = bytes_of(text, size);
        entry->kinds |= kinds;
    }
}

/* Which of the lines' beginnings a word has; no other words are on the list. */
static bool beginning_of(const char *word, size_t *beginning)
{
    if (word[0] < 'a' || word[0] > 'z' || word[1] < 'a' || word[1] > 'z')
        return false;
    *beginning = (size_t)(word[0] - 'a') * 26 + (size_t)(word[1] - 'a');
    return true;
}

static void find_starts(struct lexicon *lexicon)
{
    size_t at = 0, beginning, next = 0;

    for (; lexicon_list[at] != '\0'; at += strcspn(lexicon_list + at, "\n") + 1)
        if (beginning_of(lexicon_list + at, &beginning))
            while (next <= beginning)
                lexicon->starts[next++] = (uint32_t)at;
    while (next <= 26 * 26)
        lexicon->starts[next++] = (uint32_t)at;
}

struct lexicon *lexicon_new(void)
{
    struct lexicon *lexicon = memory_new(1, sizeof *lexicon);

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        add_list(lexicon, lists[i].words, lists[i].kinds);
    find_starts(lexicon);
    return lexicon;
}

void lexicon_free(struct lexicon *lexicon)
{
    free(lexicon);
}

/* --- Debian's lists: lines in order, "grace cnw" --- */

static uint32_t kinds_of_line(const char *line)
{
    const char *letters = strchr(line, ' ');
    uint32_t kinds = 0;

    for (; *letters != '\n' && *letters != '\0'; letters++)
        kinds |= *letters == 'w'   ? WORD_ENGLISH
                 : *letters == 'c' ? WORD_COMMON
                 : *letters == 'n' ? WORD_CAPITAL
                                   : 0;
    return kinds;
}

/* The word of a line ends with a space, which comes before all letters. */
static int compare_line(struct bytes word, const char *line)
{
    int order = strncmp((const char *)word.data, line, word.size);

    return order != 0 ? order : ' ' - line[word.size];
}

static uint32_t look_up_list(const struct lexicon *lexicon, struct bytes word)
{
    size_t beginning;

    if (word.size < 2 || !beginning_of((const char *)word.data, &beginning))
        return 0;
    size_t least = lexicon->starts[beginning], low = least, high = lexicon->starts[beginning + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        while (middle > least && lexicon_list[middle - 1] != '\n')
            middle--;
        int order = compare_line(word, lexicon_list + middle);
        if (order == 0)
            return kinds_of_line(lexicon_list + middle);
        if (order < 0)
            high = middle;
        else
            low = middle + strcspn(lexicon_list + middle, "\n") + 1;
    }
    return 0;
}

uint32_t lexicon_look_up(const struct lexicon *lexicon, struct bytes small)
{
    return small.size == 0 ? 0 : find_entry(lexicon, small)->kinds | look_up_list(lexicon, small);
}

void lexicon_each(char first, lexicon_visit *visit, void *context)
{
    size_t size;

    for (const char *line = lexicon_list; *line != '\0' && *line <= first; line += size + 1) {
        size = strcspn(line, "\n");
        if (*line == first && (kinds_of_line(line) & WORD_ENGLISH) != 0)
            visit(context, bytes_of(line, strcspn(line, " ")));
    }
}

/* --- Typing errors --- */

#define NEARLY_LEAST 6 /* Of shorter ones too many names are like a word. */
#define NEARLY_MOST 24

static bool is_common(const struct lexicon *lexicon, const char *word, size_t size)
{
    return (look_up_list(lexicon, bytes_of(word, size)) & WORD_COMMON) != 0;
}

static bool nearly_at(const struct lexicon *lexicon, struct bytes small, size_t at, char *copy)
{
    const char *text = (const char *)small.data;
    size_t rest = small.size - at;

    /* One too many; two that changed places. */
    memcpy(copy, text, at);
    memcpy(copy + at, text + at + 1, rest - 1);
    if (is_common(lexicon, copy, small.size - 1))
        return true;
    memcpy(copy, text, small.size);
    if (rest > 1) {
        copy[at] = text[at + 1];
        copy[at + 1] = text[at];
        if (is_common(lexicon, copy, small.size))
            return true;
    }
    for (int letter = 'a'; letter <= 'z'; letter++) {
        memcpy(copy, text, small.size);
        copy[at] = (char)letter;
        if (is_common(lexicon, copy, small.size))
            return true;
        memcpy(copy + at + 1, text + at, rest); /* One left out. */
        if (is_common(lexicon, copy, small.size + 1))
            return true;
    }
    return false;
}

bool lexicon_nearly(const struct lexicon *lexicon, struct bytes small)
{
    char copy[NEARLY_MOST + 2];

    if (small.size < NEARLY_LEAST || small.size > NEARLY_MOST)
        return false;
    for (size_t at = 1; at < small.size; at++) /* The first letter is seldom wrong. */
        if (nearly_at(lexicon, small, at, copy))
            return true;
    return false;
}
