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
     "miss master sister father brother sir lord dame nurse doctor major captain canon aunt auntie "
     "uncle "
     "nan nana nanny gran granny grandad grandma mam mum dad judge deputy sergeant constable"},
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
     "cofrestrydd clerc perchennog gyrrwr enw hawlydd ymgeisydd "
     "taker caller nok referrer keyholder cyfeiriwr"},
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
     "nee née visit ringing telling asking phoning texting emailing chase see thank thanks remind "
     "reminded invite invited interviewed dywedodd gofynnodd "
     "ffoniodd ysgrifennodd meddai attn fao"},
    {WORD_GREETING,
     "dear hi hello hiya hey annwyl helo bore prynhawn noswaith da morning afternoon evening"},
    {WORD_CLOSING,
     "regards thanks cheers sincerely faithfully wishes diolch cofion gywir hwyl ta thx rgds sorry "
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
     "dau dwy tri tair wrth yno yma dim neb chi nhw hi fe fo eich ein ers cyn ôl pob mewn "
     "rhwng "
     "os neu felly hefyd iawn mwy llai gwaith newydd bellach bu byddai bydd cafodd cael dros "
     "drwy "
     "er erbyn gellir gwnaed gwneud hi'n i'w mor nes nos o'i oherwydd oni onid pawb petai "
     "pryd rhai rhaid rhoi sef sut tra un union unrhyw unwaith wnaeth y'i yw ydy ydym ydyw"},
    {WORD_SAFE | WORD_WELSH,
     "cafodd bu bydd mae roedd oedd nid ni dywedodd gofynnodd ffoniodd anfonodd aeth daeth gwnaeth "
     "rhoddodd cawsom cawson gwelodd gwelwyd cynhaliwyd penderfynwyd cytunwyd adroddwyd nodwyd "
     "nodyn eitem rhif ffurflen cais cyngor cymraeg cymru llywodraeth saesneg gymraeg gymru "
     "nghymru "
     "deddf adran pennod rhan atodiad safonau comisiynydd ombwdsmon estyn ionawr chwefror mawrth "
     "ebrill "
     "mehefin gorffennaf awst medi hydref tachwedd rhagfyr llun mawrth mercher iau gwener "
     "sadwrn sul "
     "nadolig pasg ffoniwch anfonwch cysylltwch diolch annwyl bore gwasanaethau cymdeithasol "
     "addysg tai "
     "priffyrdd cynllunio pwyllgor cabinet cadeirydd aelod swyddog rheolwr pennaeth treth "
     "gofal iechyd bwrdd ysgol gwersi gwers sut pan ond ers wedi ar yn os er gan heb dim "
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
     "cilgant trem glan bwthyn hafod hendre tyddyn fferm"},
    {WORD_WELSH_SITE,
     "llyfrgell cylch amgueddfa ysgol ysbyty plas clwb cymdeithas meddygfa capel "
     "eglwys neuadd cartref canolfan coleg cartrefi cwmni tafarn gwesty garej meithrinfa caffi"},
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
     "cadarnhaodd diolchodd croesawodd gwanwyn hydref gaeaf glaw "},
    {WORD_SAFE,
     "members officers councillors governors trustees residents tenants revenues facilities "
     "parking "
     "cafcass spydus agresso confirm hi-vis weds wkend wkends teh hte taht strat strats hmless "
     "wifes "
     "assembly entrance corridor gate floor reception atrium agm egm cabinet tuc acas "
     "france spain germany italy poland romania turkey pakistan bangladesh nigeria ghana "
     "somalia "
     "china portugal lithuania latvia ukraine russia america usa canada australia syria "
     "iraq iran "
     "afghanistan eritrea ethiopia sudan zimbabwe albania bulgaria hungary greece cyprus "
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
                "mimecast zscaler okta sophos ebay paypal uber deliveroo alexa siri cortana "
                "chatgpt copilot "
                "bolam cheshire hansard hackitt kickstart prevent "
                "pathfinder sure "
                "signs homes levelling thriving making every contact count golden thread "
                "delphi scamper swot pest kanban agile scrum waterfall six sigma "
                "treasury hmt gds cabinet odpm dclg mhclg dluhc defra bis beis dbt dsit dcms dft "
                "doh dhsc dhss moj "
                "ministry justice archbishop bishops pope king queen crown "
                "coronation jubilee olympic "
                "olympics paralympic commonwealth windsor downing "
                "mrsa norovirus legionella asbestos diphtheria measles "
                "braille makaton pecs portage thrive lego "
                "minecraft roblox playstation "
                "xbox nintendo barbie pokemon disney sainsburys tescos waitrose primark greggs "
                "costa starbucks "
                "kfc subway wetherspoons biro tipp-ex post-it post-its tannoy "
                "hoover velcro sellotape "
                "portakabin portaloo jcb land rover stannah karcher zimmer "
                "newsnight panorama corrie eastenders"},
    {WORD_SAFE, "page pages jobcentre equalities ride-along ride-alongs workaround workarounds "
                "walkthrough walkthroughs "
                "helpline helplines healthwatch procurements foodbank foodbanks worklist worklists "
                "timesheet timesheets dropdown tickbox tickboxes whiteboard whiteboards"},
    {WORD_SAFE,
     "account accounts payee payees payer sort cheque cheques iban debit mandate virement "
     "virements deputyship deputyships appointeeship appointeeships accrual accruals dp dps"},
    {WORD_SAFE | WORD_WELSH, "nodiadau balch dw derbynnydd derbynneb"},
    {WORD_SAFE | WORD_NAME_TOO,
     "justice may june april august jan sun india kenya jamaica paris rio "
     "sandy easter"},
    {WORD_SAFE | WORD_NAME_TOO | WORD_IN_WELSH,
     "pam beth dan bob mai grant eira haf gwawr allan olaf gael arno tan des hedd"},
    {WORD_NAME_TOO, "will"},
    {WORD_EPONYM, "barnardo sainsbury mcdonald nando domino wetherspoon fraser munro francis casey "
                  "rogers montgomery haldane erskine schwartz freud "
                  "wendy merton bruner piaget "
                  "braidwood clare sarah martha natasha helen oliver awaab seni jenny claire henry "
                  "bartlett campbell wood "
                  "jay carlile cullen dilnot barker turnbull egan latham gershon lyons hampton "
                  "pickles lamming climbie "
                  "macpherson scarman bichard kerslake dyson macdonald godwin kings "
                  "alzheimer parkinson down downs asperger huntington crohn tourette hodgkin bell "
                  "addison cushing graves "
                  "raynaud meniere ménière sjogren sjögren korsakoff korsakov wernicke lewy pick "
                  "marfan klinefelter turner "
                  "rett angelman prader williams edwards patau perthes osgood dupuytren paget "
                  "hashimoto gilbert guillain "
                  "behcet behçet still wilson batten duchenne becker hirschsprung munchausen "
                  "munchhausen cotard capgras "
                  "charles bonnet diogenes stockholm landau kawasaki reye weil lyme ehlers danlos "
                  "charcot friedreich "
                  "likert braden norton rankin glasgow abbey bristol berg tinetti zarit cornell "
                  "beck hamilton rosenberg bowlby "
                  "ainsworth vygotsky kolb gibbs schon belbin herzberg tuckman kotter deming "
                  "ishikawa occam moore goodhart "
                  "parkin eisenhower monte hobson pavlov"},
    {WORD_SAFE,
     "sorani kurmanji lingala yoruba twi oromo igbo hausa akan swahili wolof mandinka fula "
     "ndebele zulu xhosa "
     "tetum tagalog burmese khmer lao malay indonesian sinhala sinhalese nepalese malayalam telugu "
     "kannada marathi "
     "sylheti pahari mirpuri hindko balochi uzbek kazakh azeri azerbaijani armenian chechen tatar "
     "mongolian "
     "tibetan uyghur hakka czech slovak slovenian croatian serbian bosnian macedonian montenegrin "
     "estonian icelandic "
     "catalan basque flemish yiddish hebrew aramaic assyrian berber tamazight maltese afrikaans "
     "creole patois "
     "sylhet anglo-romani manx ulster-scots doric brummie scouse geordie cockney kosovar moldovan "
     "belarusian "
     "colombian venezuelan chilean argentinian peruvian cuban haitian barbadian bajan trinidadian "
     "guyanese "
     "gambian senegalese liberian congolese rwandan ugandan tanzanian zambian malawian angolan "
     "cameroonian ivorian "
     "tunisian libyan lebanese jordanian yemeni saudi emirati kuwaiti bahraini omani hazara tajik "
     "turkmen "
     "rohingya fijian samoan roma sinti rastafarian rastafari sunni shia ismaili ahmadi coptic "
     "orthodox pentecostal "
     "baptists methodists quakers presbyterian mormon bahá'í jains parsi zoroastrian humanist "
     "vaisakhi baisakhi hanukkah chanukah nowruz norouz holi navratri dussehra eid-ul-fitr "
     "eid-ul-adha eid-al-fitr "
     "eid-al-adha mawlid ashura muharram passover pesach purim sukkot shabbat yom kippur rosh "
     "hashanah lohri "
     "pongal onam wesak vesak pentecost candlemas martinmas lammas beltane samhain "
     "imbolc armistice kwanzaa mass lent "
     "asperger aspergers tourettes parkinsons alzheimers crohns downs bartonella "
     "salmonella listeria "
     " zoster hodgkins "
     "edt uprns acc acct acnt accnt sederunt rt syr fadam dht pht ssd ssds "
     "cannae dinnae didnae wasnae isnae hasnae havenae wouldnae couldnae shouldnae willnae willny "
     "gie gies "
     "wumman wummin wean weans bairn bairns naebody naething somebody masel hersel himsel oot "
     "aboot doon roon hame "
     "heid hoose noo tae fae frae wi "
     "uprns tsrs nlpgs kpis ehcps dfgs lacs csos pspos ctos "
     "ecfs chat gpt zapier servicenow smartsheet airtable basecamp hootsuite mailchimp "
     "intune entra autocad arcgis qgis qlik spss stata oracle netsuite workday iworld "
     " openhousing mri rentsense hometrack mobysoft icm "
     "carefirst frameworki framework-i azeus ecdl caremaster careplanner caredirector "
     "nourish pcs mycare tunstall "
     "mytime totalmobile localz dynamics lync jabber webex avaya mitel cisco huawei samsung nokia "
     "sony lenovo "
     "hp kyocera ricoh xerox epson toshiba panasonic siemens honeywell vaillant baxi "
     "dimplex aico kidde"},
    {WORD_SAFE | WORD_WELSH,
     "gweithiwr gweithwyr gweithwraig cyfarwyddwr cyfarwyddwyr cyfarwyddwraig rheolwyr rheolwraig "
     "arweinydd arweinwyr "
     "goruchwyliwr cydlynydd cydlynwyr cynghorydd cynghorwyr cynorthwyydd cynorthwywyr ymarferydd "
     "ymarferwyr "
     "therapydd therapyddion nyrs nyrsys meddyg meddygon bydwraig ymwelydd aseswr aseswyr "
     "adolygydd archwilydd "
     "arolygydd arolygwyr arolygiaeth eiriolwr eiriolwyr eiriolaeth cyfreithiwr cyfreithwyr "
     "cofrestrydd clerc "
     "ysgrifennydd trysorydd is-gadeirydd gweinyddwr gweinyddol gweinyddwyr derbynnydd gofalwr "
     "hyfforddwr tiwtor darlithydd prifathro prifathrawes athro athrawes uwch prif dirprwy "
     "cynorthwyol dros-dro "
     "gwasanaethau oedolion plant plentyn teuluoedd cefnogi cefnogaeth cymorth diogelu amddiffyn "
     "amddiffyniad lles "
     "llesiant cymunedol cymuned cymunedau cartref cartrefi preswyl nyrsio dydd seibiant "
     "ailalluogi galluogi "
     "comisiynu contractau caffael ansawdd perfformiad gwelliant gwella dysgu datblygu "
     "hyfforddiant adnoddau dynol "
     "cyllid cyfreithiol democrataidd etholiadau corfforaethol cwsmeriaid cwsmer digwyddiad "
     "digwyddiadau technoleg "
     "digidol cyfathrebu cydraddoldeb amrywiaeth amgylchedd amgylcheddol adfywio twristiaeth "
     "hamdden diwylliant "
     "diwylliannol chwaraeon tai digartrefedd digartref landlord landlordiaid tenantiaid rhent "
     "ôl-ddyledion budd-dal "
     "budd-daliadau trethi treth ardrethi parcio goleuadau palmant palmentydd gaeafu graeanu tipio "
     "cludiant "
     "cynhwysiant anghenion ychwanegol arbennig cwricwlwm dysgwyr dysgwr presenoldeb gwaharddiad "
     "gwaharddiadau "
     "derbyniadau arholiadau ysgolion dosbarth blwyddyn tymor tymhorau gwyliau "
     "gallu meddyliol iechyd corfforol cyffuriau alcohol anabledd anableddau dysgu awtistiaeth "
     "dementia strôc "
     "clefyd canser diabetes cwymp cwympiadau codwm meddyginiaeth presgripsiwn ysbyty ysbytai "
     "clinig meddygfeydd "
     "cynllun cynlluniau asesu asesiadau adolygu adolygiadau cofnodi cofnod ffeil ffeiliau dogfen "
     "dogfennau canllaw "
     "canllawiau gweithdrefn gweithdrefnau rheoliad rheoliadau mesur deddfwriaeth llys llysoedd "
     "barnwr tribiwnlys "
     "crwner ymchwiliad ymchwiliadau cwyn cwynion canmoliaeth pryder pryderon risg risgiau damwain "
     "gwers "
     "argymhelliad argymhellion canlyniad canlyniadau effaith tystiolaeth arolwg holiadur "
     "ymgynghoriad ymgynghori "
     "peilot prosiectau rhaglen rhaglenni partneriaeth partneriaethau partner partneriaid "
     "sefydliad sefydliadau "
     "elusen elusennau gwirfoddol gwirfoddolwr gwirfoddolwyr trydydd sector awdurdod awdurdodau "
     "llywodraethwyr "
     "etholedig aelodau cynghorau tref siroedd bwrdeistref wardiau etholaeth bro "
     "dwi dwin rwyf rydym rydyn rydych maent maen dydy dydi doedd does bydden byddwn byddaf fydd "
     "fyddai fyddwn bod "
     "hoffai hoffech allwch allech gallwch gallech gadewch rhowch gwelwch gweler ffoniais ffonia "
     "ffoniwyd "
     "gofyn gofynnais atebais atebwyd siaradais siaradwyd cysylltais cysylltodd cysylltwyd "
     "ymwelais ymwelwyd es "
     "euthum gwelais trefnais trefnodd cwblhawyd cwblhau llenwi llenwyd derbyn derbyniais "
     "danfonwyd postiwyd "
     "gwariwyd arbedwyd costiodd prynwyd gwerthwyd agorwyd caewyd dechreuwyd gorffennwyd parhawyd "
     "ymestynnwyd "
     "lleihawyd cynyddwyd gostyngodd cynyddodd cododd disgynnodd syrthiodd arweiniodd achosodd "
     "golygodd profodd "
     "helpodd methwyd anghofiwyd cofiwyd camddeallwyd cyfieithwyd cyhoeddwyd llofnodwyd dyddiwyd "
     "dilëwyd symud "
     "gwnes gwnest gwnaethon gwnaethoch daethon gyrrais gyrrwyd awgrymwyd argymhellwyd "
     "adolygwyd aseswyd "
     "cyfeiriwyd atgyfeiriwyd cefnogwyd gwrandawyd dysgwyd dysgodd sylweddolwyd penderfynodd "
     "ystyriwyd eglurwyd "
     "gafael arni arnyn arnynt ynddo ynddi iddo iddi iddyn iddynt ganddo "
     "ganddi ganddyn "
     "ganddynt ohono ohoni ohonyn ohonynt ato ati atyn wrtho wrthi wrthyn wrthym drin trin toc "
     "trannoeth "
     "neithiwr echdoe eleni llynedd wythnosau misoedd oriau munudau prynhawniau boreau nosweithiau "
     "bora pnawn "
     "nawddegau arian punt punnoedd ceiniog filoedd miloedd miliwn cyfanswm canran nifer llawer "
     "ychydig digon gormod "
     "popeth rhywbeth rhywun rhywle neb dim byd gwybod meddwl credu teimlo eisiau angen isio moyn "
     "licio hoffi "
     "lleisiau llais stori straeon taith pobol dyn dynes menyw menywod gŵr gwraig merch "
     "bachgen babi"},
    {WORD_WELSH | WORD_FUNCTION,
     "mynd fynd dod ddod croesi falla gall galla gallo hebo hunan adre ti'n dw'n mi'n rwy'n dwi'n "
     "ry'n di'n nhw'n chi'n hi'n e'n o'n fi'n i'n sy'n"},
    {WORD_CAPITAL, /* Forenames of Wales and Scotland that English lists leave out. */
     "manon gwion branwen mabli osian nansi begw cit wini magi leusa mabon macs siwan swyn tanwen "
     "gwawl elliw ffiona heti hefina "
     "hawen "
     "aeron aeronwy aled alun alwyn alys aneirin aneurin angharad anest annest anwen arianwen "
     "arwel arwen awel awen "
     "beca bedwyr beti betsan betsi bethan blodwen bleddyn bronwen bryn brychan buddug cadi "
     "cadfael cadog cai "
     "caradog caron carwen carwyn carys cati catrin cedric ceinwen cenydd ceri ceridwen cerys "
     "colwyn crisiant cynan "
     "cynog cynwrig dafydd dai daniel deio deiniol deian delwyn delyth derfel deri derwyn dewi "
     "dilwen dilwyn dilys "
     "dwynwen dyfan dyfed dyfrig dylan ebrillwen edryd efa efan ednyfed eifion eifiona eilir "
     "eilidh eiluned einion "
     "einir eirian eirianwen eirlys eirwen eirwyn elan eleri elfed elfyn elgan elin eluned elwyn "
     "elen ela elis "
     "emlyn emrys emyr enfys enid enlli erin erwyn eryl esyllt eurig euros eurwen eurwyn ffion "
     "fflur ffraid gareth "
     "garmon garwyn gerallt geraint gerwyn gethin glenys glesni glyndŵr glyn glynis gruff gruffudd "
     "gruffydd gruffudd "
     "guto gwen gwenan gwenda gwendoline gwenfair gwenfron gwenllian gwenllïan gwenno gwennan "
     "gwenith gwerfyl gwilym "
     "gwladys gwyn gwyndaf gwyneira gwyneth gwynfor gwynn gwynne hafwen hari hawys hedd hedydd "
     "hefin heledd heulwen "
     "huw hywel iago ianto idris idwal iestyn ieuan ifan ifor illtud ioan iola iolo iona iorwerth "
     "irfon islwyn iwan "
     "jac leisa lili llew llewela llewelyn llinos llio lliwen lloyd lleucu llywela llywelyn llŷr "
     "llyr lois lowri luned "
     "lwsi mabli macsen madoc madog mair magwen mared maredudd marged mari marian medwen medwyn "
     "megan meg meical "
     "meilir meilyr meinir meira meirion meirwen melangell menna meredydd mererid meurig mihangel "
     "moelwen moi "
     "morfudd morgan morien morwen morwenna myfanwy myfi myfyr myrddin nanw nel nia nerys nesta "
     "non olwen "
     "osian owain owen peredur penri pryderi rhian rhiain rhiannon rhianydd rhianwen rhinedd "
     "rhisiart rhobert rhodri "
     "rhonwen rhun rhydian rhydwen rhyddian rhys robat rolant sara seimon sian siân sioned siôn "
     "sion siencyn sioni "
     "siriol steffan steffan swyn taliesin tecwyn tegid tegan tegwen teifi teifion tesni teleri "
     "tomos trefor trystan "
     "tudful tudno tudur twm tydfil wmffra wyn wynne ynyr "
     "ailsa aileas ailidh ainsley aonghas beathag calum catriona coinneach dearbhla domhnall "
     "dougal dugald eachann "
     "eamon eilidh eoin eoghan ewan euan fearghas fergus fionn fionnuala fiona fionnlagh gillies "
     "grizel hamish hector "
     "iain innes iomhar ishbel isla iseabail kenna kirsty kirsteen lachlan lileas mairead mairi "
     "malcolm marsaili "
     "mhairi moira morag morven muireall muriel murdo neil niall ruaridh ruairidh ruairi rory "
     "saoirse seonaid senga "
     "shona sorcha struan torquil una uilleam aoife aisling bronagh caoimhe ciara cian cillian "
     "conor darragh declan "
     "diarmuid dermot dearbhail eimear eithne fionnbarr grainne gráinne maeve malachy niamh oisin "
     "oisín orla padraig "
     "pádraig róisín roisin ronan seamus séamus siobhan siobhán sinead sinéad tadhg"},
    {WORD_CAPITAL, /* Words of English that are met as forenames. */
     "clover sorrel marigold clementine juniper linnet lark bryony briar willow aspen cedar laurel "
     "rowan "
     "maple blossom petal flora dahlia lotus orchid clove nova luna stella skye sierra savannah "
     "savanna indigo "
     "scarlet scarlett ebony ivory sapphire emerald topaz onyx velvet cherish serenity harmony "
     "melody aria lyric "
     "cadence viola piper teddy buster queenie duchess royal rex blaze colt gunner archer ranger "
     "sailor pippin "
     "pip dot dolly bonny minty bunty honey kitty tabby bambi bunny smiley sparky chunky shorty "
     "lofty "
     "spud ginge paddy jock taff taffy nipper tinker candy cherry clementine "
     "faithful grateful thankful gracious pious mercy heaven nirvana justus rejoice "
     " miracle marvellous treasure glory virtue "
     " kudzai genius godknows "
     "pat rob josh jock toby bobby barney benny sonny sally molly polly penny jenny jimmy tommy "
     "billy willie harry "
     "dick hank chuck spike flick jet ray kay jay bay fay may mo bo flo lou sal val vic viv"},
    {WORD_ROLE,
     "caller referrer holder dtr dau gdtr grandson granddaughter stepson stepdaughter stepdad "
     "stepmum stepfather "
     "stepmother "
     "hubby sis bro nok sw ssw asw hv cpn amhp dn iro lsa slt yp su pt cyp kw keyworker key-worker "
     "godmother godfather fiancé fiancée fiance fiancee lodger flatmate housemate roommate sitter "
     "childminder escort "},
    {WORD_KIN,
     "dtr dau gdtr grandson granddaughter stepson stepdaughter stepdad stepmum hubby bro nana nain "
     "taid "
     "mamgu tadcu merch mab chwaer brawd gŵr gwraig modryb ewythr nith nai cefnder cyfnither"},
    {WORD_HONORIFIC, "councilor councellor sergt wpc pcso "},
    {WORD_DOES,
     "prayed messaged cooked cleaned tidied washed nodded shrugged sobbed sang danced hugged "
     "slapped "
     "punched pushed grabbed threatened apologized apologised cancelled rescheduled "
     "reckons reckoned swears cries wishes hopes enjoys enjoyed prefers preferred struggles "
     "struggled "
     "manages copes coped cared hoards self-harmed overdosed collapsed fainted tripped slipped "
     "asks chases cycles swims sleeps eats drinks smokes smoked drives walks rides rode "
     "knocked texts emails sees hears visits lives shares lent borrowed stole begged pleaded "
     "whispered muttered joked teased bullied fosters fostered supervises supervised "
     "co-chaired minuted drafted typed wrote countersigned graduated "
     "dreads feared worries worried blames blamed trusts trusted "},
    {WORD_DONE, "away off asleep home alone fine tearful anxious distressed agitated confused "
                "settled unsettled bedbound "
                "housebound bereaved widowed "
                "married divorced separated crying screaming sleeping eating drinking wandering "
                "struggling shouting "
                "hospitalised readmitted reunited suspended expelled reassured interviewed spoken "
                "rung prescribed "
                "diagnosed sedated bathed washed dressed fourteen fifteen sixteen poorly dying "
                "sobbing pacing hoarding"},
    {WORD_SAFE, "comms apols msc bsc pgce mba phd dipsw cqsw madam maundy whit datix streetscene "
                "fixmystreet paypoint allpay "
                "barclays hsbc natwest santander monzo revolut nationwide openreach vodafone "
                "talktalk edf npower "
                "serco veolia biffa engie keepmoat mitie arriva stagecoach firstgroup lner "
                "probation refuge buy staying "
                "pidgin krio kinyarwanda rundi luganda bemba chichewa efik lugandan tiv fante "
                "strep sepsis clostridium difficile chickenpox shingles scabies "
                "paracetamol ibuprofen aspirin warfarin insulin oramorph movicol laxido fortisip "
                "ensure calpol ventolin "
                "salbutamol methadone subutex buprenorphine heroin cocaine valium librium "
                "temazepam digoxin bisoprolol "
                "furosemide lithium epilim ritalin concerta melatonin senna lactulose gaviscon "
                "thickener complan "
                "stedy molift invacare pendel zimmer "
                "galop nirvana johari raci pestle "
                "encompass mockingbird solihull "
                "viewpoint datadog momo thrive "
                "apprenticeship apprenticeships kickstart "
                "weetabix marmite horlicks bovril ribena lucozade guinness buckfast "
                "rummikub scrabble bingo monopoly jenga "
                "dwpf esf erdf ukspf hlf nlhf cfgs lgiu apse sigoma soa"},
    {WORD_SAFE | WORD_WELSH,
     "gweithredu gweithredwr gweithredwyr gweithrediaeth dyletswydd dyletswyddau rhanbarthol "
     "rhanbarth cyswllt monitro "
     "naturiol naturiaeth cymwysterau cymhwyster cyfoeth gwladol gwleidyddol strategol rheoleiddio "
     "rheoli rheolaeth "
     "rheolaidd gweledigaeth cenhadaeth gwerthoedd blaenoriaeth blaenoriaethau amcan amcanion nod "
     "nodau targed "
     "targedau dangosydd dangosyddion mesurau trefn trefniadau trefniant cytundeb cytundebau "
     "memorandwm cyfansoddiad "
     "is-bwyllgor isbwyllgor gorchwyl panel fforwm grŵp grwpiau rhwydwaith cynhadledd cynadleddau "
     "sesiwn sesiynau "
     "agenda papur papurau eitemau penderfyniad penderfyniadau ymddiheuriadau presennol absennol "
     "datganiad "
     "datganiadau buddiant materion codi unrhyw arall cadeirio croeso "
     "cyflogaeth cyflog cyflogau pensiwn pensiynau absenoldeb salwch staff swydd swyddi recriwtio "
     "cadw gweithlu "
     "adeilad adeiladau eiddo safle safleoedd ystâd ystad ystadau fflat fflatiau lloches "
     "isadeiledd seilwaith priffordd pontydd llwybr llwybrau parciau mynwent mynwentydd amlosgfa "
     "llifogydd llifogydd draenio carthffosiaeth ynni carbon hinsawdd newid sero-net "
     "cyllell tabled tabledi nodwyddau meddyginiaethau presgripsiynau fferyllydd fferyllfa "
     "deintydd optegydd "
     "arweiniad ymarfer ymarferol goruchwyliaeth gwerthusiad gwerthuso "
     "gwasanaethu croesawu cyflwyno cyflwynwyd cyflwynodd darparu darparwyd darpariaeth darparwr "
     "darparwyr"},
    {WORD_CAPITAL | WORD_FORENAME,
     "joy ruby daisy hazel heather holly ivy iris jade jasmine lily poppy violet olive rosemary "
     "robin martin jack "
     "carol dale glen eve dean rob nick bob jim jimmy billy penny pansy sunny sonny buddy precious "
     "blessing verity "
     "constance crystal pearl basil rusty sandy ray kay jay fay pat sue peg drew lance clementine "
     "bryony marigold jean "
     "gail gill chuck hank kitty dolly teddy victor norman harry rex molly polly jenny sally tommy "
     "bobby toby nest "
     "josh denny curt gus gene goldie ginny willow fern skye angel ace dan "
     "beth pam "
     "max tim tom tam kit sheila kev robbie dougal jock hugh bella dawn grace frank"},
    {WORD_CAPITAL | WORD_FORENAME, "angelica bonny brad clement curt debs derrick dirk eddy fanny "
                                   "felicity florence fritz gaynor jasper kip lacy "
                                   "lea lee lulu marge marina mick mickey myrtle nelson opal patty "
                                   "perry pip rowan sherry sibyl tad troy viola "
                                   "wren melody laurel romeo ebony ginger honor hank moll noble "
                                   "earl duke emery vic val viv ron don len reg les "
                                   "stan art ernie herb barry larry gerry gary guy"},
    {WORD_SAFE, "wccis postcode postcodes addr hosp vis reqs pres exps ijb girfec scra dnar ciw "
                "bia simd decile lic appl ans "
                "o'clock assmts assmt adn nto cna hre cos yrself soz tonite thru nite famly"},
    {WORD_SAFE, "payroll agency libraries roads misc procurement brokerage revenues litigation "
                "creditors debtors exchequer "
                "accountancy allocations homelessness rents arrears repairs voids placements "
                "fostering adoption elections "
                "catering cleansing fleet padlet kahoot hun hunni babe"},
    {WORD_TITLE, "aunty"},
    {WORD_KIN, "aunty auntie nanny"},
    {WORD_PERSONA, "carer worker parent officer nurse complainant relative"},
    {WORD_PERSONA,
     "child adult baby person family pupil sibling plentyn oedolyn claf resident patient "
     "tenant witness mother father teulu"},
    {WORD_COUNCIL,
     "county borough city district metropolitan unitary royal london town parish sirol "
     "bwrdeistref dinas and"},
    {WORD_SAFE,
     "january february march july september october november december "
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
     "scotland ireland britain europe european uk eu gb ni "
     "african asian caribbean indian pakistani bangladeshi nigerian "
     "excel teams powerpoint word outlook sharepoint onedrive onenote facebook twitter whatsapp "
     "gmail "
     "google youtube instagram linkedin tiktok zoom skype windows microsoft office adobe acrobat "
     "android apple iphone "
     "ipad chrome firefox netflix amazon oracle sap azure jira trello slack github python java "
     "linux citrix "
     "vpn mosaic liquidlogic northgate capita civica idox uniform academy orchard carefirst azeus "
     "eclipse systmone emis capitaone synergy servicenow salesforce docusign tableau "
     "power bi "
     "cloud covid coronavirus covid-19 brexit windrush grenfell hillsborough "
     "ofsted estyn act acts section sections regulation regulations chapter part "
     "parts schedule article clause paragraph annex appendix item items agenda minutes form forms "
     "council councils ombudsman home office national insurance care children mental capacity "
     "freedom "
     "information data protection equality human rights localism gillick nolan "
     "caldicott "
     "wednesbury bradford waterlow barthel bellwin laming winterbourne seebohm barnett "
     "southwark gunning "
     "lean pareto gantt likert maslow "
     "green book best value deprivation liberty safeguards health social services "
     "inspectorate commission year term tribunal court panel reg tweet oyster metro "
     "parliament westminster senedd holyrood stormont whitehall treasury cabinet minister "
     "government "
     "secretary state department education housing levelling communities transport environment "
     "nhs hmrc dwp cqc ico ehrc lga local police fire rescue ambulance crown high supreme appeal "
     "ask audit scotland audit office mayor committee board scrutiny full "
     "universal credit housing benefit pip esa jsa blue badge bus pass council tax business rates "
     "god bible qur'an quran bank holiday new eve day st "
     ""
     "royal mail post office citizens advice shelter mencap mind scope nspcc unison gmb "
     "unite age concern samaritans childline crisis macmillan tesco asda morrisons "
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
     "ghs tup wfm netcall zoom lagan firmstep granicus govmetric citizenspace modgov "
     "mon-fri sat/sun bday b'day appts mtgs docs attachs hols eve "
     "annex ctb hb ctr cts ctax bid bids hwrc tfl dab e-bike e-bikes e-scooter"},
    {WORD_SAFE,
     "arab arabs kurd kurds somalis poles slav slavs latino hispanic cols dd mm yy yyyy hh "
     "auth "
     "lloyds halifax clydesdale principality rbs bos tsb lockdown lockdowns telehealth "
     "reablement prehabilitation wayfinding mumsnet nextdoor"},
    {WORD_SAFE | WORD_WELSH, "swm symiau llofnod llofnodwyd nac"},
    {WORD_SAFE, "signature signatures recipient marf thankyou"},
    {WORD_SAFE | WORD_NAME_TOO, "sim tel"},
    {WORD_SAFE, "nans nanas quintile quintiles quartile quartiles"},
    {WORD_SITE, "convent priory abbey monastery vicarage rectory nunnery"},
    {WORD_STREET, "mound drove"},
    {WORD_SITE, "barbers hairdressers pantry foodbank florists butchers opticians launderette"},
    {WORD_ROLE, "janny jannie"},
    {WORD_CAPITAL | WORD_FORENAME, "norm win sue di trev kaz shaz baz jaz mags daz gaz jez dee "
                                   "debs ange ems jules kez liv loz maz nat naz nev roz "
                                   "shell tash taz trish chas"},
    {WORD_CAPITAL | WORD_FORENAME,
     "clay dilly rocky misty wade warren wayne curtis craig randy leigh patsy peter piper ralph "
     "roy "
     "stuart terry tony wally winnie rosie reggie ronnie archie alfie freddie teddie "
     "ken ion florin bola mark rose jack frank dean grace dawn rob bob ruby amber jade pearl ivy "
     "violet iris lily daisy poppy olive hazel holly glen drew peg penny sandy miles nick carol "
     "eve"},
    {WORD_CAPITAL, /* Forenames and surnames from elsewhere that English lists leave out. */
     "hassan hussein hussain yusuf yousef ibrahim ismail idris tariq imran irfan bilal usman umar "
     "zubair zain hamza "
     "khadija khadijah maryam amina aminah zainab zaynab saima samira sumaya shabnam nasreen "
     "farzana rukhsana parveen "
     "rehana shazia naheed tahira hina hafsa asma uzma sobia nusrat rashida mumtaz iqra priya "
     "sunita rekha meena geeta "
     "ravi sanjay vijay ajay anil sunil deepak amit rahul arjun rohan kiran neha pooja anjali "
     "kavita lakshmi nisha "
     "harpreet gurpreet manpreet jaspreet simran sukhdev balwinder kulwinder parminder harjit "
     "amarjit ranjit surinder "
     "davinder kaur sandhu dhillon grewal bhatt desai joshi chaudhry chaudhary akhtar hossain "
     "rahman miah uddin khatun "
     "femi tunde segun yemi kemi chidi emeka ngozi uche chioma amaka ifeoma nneka obinna ikenna "
     "adaeze folake bukola "
     "kwame kofi kojo kwabena kwaku yaw akua abena afia adwoa efua akosua owusu mensah asante "
     "boateng okafor okonkwo "
     "adeyemi adebayo ogunleye balogun chukwu nwosu eze tendai tapiwa rudo nyasha farai tatenda "
     "tinashe chipo moyo "
     "ncube sibanda ndlovu dube banda phiri zulu nomsa thandi sipho abdi abdirahman abdullahi "
     "fatuma halima hodan "
     "sahra warsame farah ayaan ifrah mehari tesfaye dawit selam haile yonas almaz "
     "piotr pawel tomasz marek agnieszka kasia magda zosia ania wojciech krzysztof grzegorz "
     "katarzyna malgorzata "
     "kowalski nowak ioana mihai mihaela radu bogdan cristian viorel sorin dumitru vasile ionut "
     "gheorghe popescu "
     "ionescu oleg olena oksana dmytro mykola natalia svetlana vytautas jonas rasa daiva zoltan "
     "istvan katalin "
     "joao rui nuno tiago catarina ines beatriz rebecca oliwia emre mehmet ayse fatma mustafa "
     "murat yilmaz kaya "
     "linh thuy nguyen trang huong xiu jing ying xin zhang wang zhou huang"},
    {WORD_CAPITAL, /* Words of English that are met as forenames in Africa and South Asia. */
     "testimony success confidence godknows hardlife glory miracle victory triumph heaven gladness "
     "lovejoy thankgod wiseman sweetness royalty marvellous dip jot beg mann dilly bunty baba bibi "
     "happy lucky dimple talent sweety sweetie promise sunshine rejoice surprise courage obedience "
     "perseverance "
     "persistence pleasure reward winner wonder tiny pretty liberty lovely majesty delight bliss "
     "bounty innocence "
     "marvel goodwill pinky honest perfect precise sincere thanks fortunate learnmore takesure"},
};

/* --- A table of them --- */

struct entry {
    struct bytes word;
    uint32_t kinds;
};
#define SLOTS 16384u           /* Three times what the lists hold. */
#define LINE_SLOTS (1u << 18)  /* Half as many again as Debian's lists have.  */
#define LINES_MOST (1u << 22)  /* Their bytes: where a line begins has so many bits, */
#define MARK_SHIFT 22          /* and above them are some of its word's hash. */
#define COMMON_BITS (1u << 20) /* Ten times what is kept of common words. */
#define COMMON_END 4           /* So many letters at either end of them are kept, too. */
struct lexicon {
    struct entry slots[SLOTS];
    size_t count;
    uint32_t lines[LINE_SLOTS]; /* Where each begins, from 1 on, and a mark; 0 where none is. */
    uint8_t common[COMMON_BITS / 8]; /* The bits of each common word and of its ends are set, and
                                        few others. */
};

static const struct entry *find_hashed(const struct lexicon *lexicon, struct bytes word,
                                       uint64_t hash)
{
    size_t slot = (size_t)hash % SLOTS;

    while (lexicon->slots[slot].word.data != NULL && !bytes_equal(lexicon->slots[slot].word, word))
        slot = (slot + 1) % SLOTS;
    return &lexicon->slots[slot];
}

static const struct entry *find_entry(const struct lexicon *lexicon, struct bytes word)
{
    return find_hashed(lexicon, word, bytes_hash(word));
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

/* --- Debian's lists: lines in order, "grace cnw" --- */

/* Of a rare word that no other list has; beside the kinds, and never given out. */
#define RARE (1u << 31)

static uint32_t kinds_of_line(const char *line)
{
    const char *letters = strchr(line, ' ');
    uint32_t kinds = 0;

    for (; *letters != '\n' && *letters != '\0'; letters++)
        kinds |= *letters == 'w'   ? WORD_ENGLISH
                 : *letters == 'c' ? WORD_COMMON
                 : *letters == 'n' ? WORD_CAPITAL
                 : *letters == 'r' ? RARE
                                   : 0;
    return kinds;
}

/* What is kept of a common word: itself, how it begins, how it ends. */
enum part { WHOLE, FIRST_LETTERS, LAST_LETTERS };

static size_t common_bit(uint64_t hash, enum part part)
{
    return (size_t)(hash + part * UINT64_C(0x9e3779b97f4a7c15)) % COMMON_BITS;
}

static struct bytes part_of(struct bytes word, enum part part)
{
    if (part == WHOLE || word.size <= COMMON_END)
        return word;
    return bytes_of(part == FIRST_LETTERS ? word.data : word.data + word.size - COMMON_END,
                    COMMON_END);
}

static bool may_be_common(const struct lexicon *lexicon, uint64_t hash, enum part part)
{
    size_t bit = common_bit(hash, part);

    return (lexicon->common[bit / 8] >> bit % 8 & 1) != 0;
}

static void note_common(struct lexicon *lexicon, struct bytes word)
{
    for (enum part part = WHOLE; part <= LAST_LETTERS; part++) {
        size_t bit = common_bit(bytes_hash(part_of(word, part)), part);
        lexicon->common[bit / 8] |= (uint8_t)(1u << bit % 8);
    }
}

static uint32_t mark_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) << MARK_SHIFT;
}

static void note_line(struct lexicon *lexicon, struct bytes word, size_t at)
{
    uint64_t hash = bytes_hash(word);
    size_t slot = (size_t)hash % LINE_SLOTS;

    while (lexicon->lines[slot] != 0)
        slot = (slot + 1) % LINE_SLOTS;
    lexicon->lines[slot] = (uint32_t)(at + 1) | mark_of(hash);
}

static void read_lines(struct lexicon *lexicon)
{
    size_t size, count = 0;

    for (size_t at = 0; lexicon_list[at] != '\0'; at += size + 1) {
        size = strcspn(lexicon_list + at, "\n");
        struct bytes word = bytes_of(lexicon_list + at, strcspn(lexicon_list + at, " "));
        count++;
        assert(at + 1 < LINES_MOST && count < LINE_SLOTS / 4 * 3);
        note_line(lexicon, word, at);
        if (kinds_of_line(lexicon_list + at) & WORD_COMMON)
            note_common(lexicon, word);
    }
}

static uint32_t look_up_list(const struct lexicon *lexicon, struct bytes word, uint64_t hash)
{
    size_t slot = (size_t)hash % LINE_SLOTS;

    for (uint32_t line; (line = lexicon->lines[slot]) != 0; slot = (slot + 1) % LINE_SLOTS) {
        const char *at = lexicon_list + line % LINES_MOST - 1;
        if (line - line % LINES_MOST == mark_of(hash) &&
            strncmp(at, (const char *)word.data, word.size) == 0 && at[word.size] == ' ')
            return kinds_of_line(at);
    }
    return 0;
}

struct lexicon *lexicon_new(void)
{
    struct lexicon *lexicon = memory_new(1, sizeof *lexicon);

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        add_list(lexicon, lists[i].words, lists[i].kinds);
    read_lines(lexicon);
    return lexicon;
}

void lexicon_free(struct lexicon *lexicon)
{
    free(lexicon);
}

/* --- Welsh changes first letters --- */

#define CHANGED_MOST 32

/* The kinds of a word of Welsh whose first letter it may be that has changed; 0 where there is none
 * (Thorne, A Comprehensive Welsh Grammar, 1993). */
static uint32_t look_up_unchanged(const struct lexicon *lexicon, struct bytes small)
{
    static const struct {
        const char *changed, *first;
    } changes[] = {{"ngh", "c"}, {"mh", "p"}, {"nh", "t"}, {"ch", "c"}, {"ph", "p"}, {"th", "t"},
                   {"dd", "d"},  {"ng", "g"}, {"g", "c"},  {"b", "p"},  {"d", "t"},  {"f", "b"},
                   {"f", "m"},   {"m", "b"},  {"n", "d"},  {"l", "ll"}, {"r", "rh"}, {"", "g"}};
    char word[CHANGED_MOST];

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (changes[i].changed[0] != '\0' && changes[i].changed[0] != (char)small.data[0])
            continue;
        size_t cut = strlen(changes[i].changed), size = strlen(changes[i].first);
        if (small.size - cut + size > sizeof word || small.size < cut + 3 ||
            !bytes_begin(small, changes[i].changed))
            continue;
        memcpy(word, changes[i].first, size);
        memcpy(word + size, small.data + cut, small.size - cut);
        uint32_t kinds = find_entry(lexicon, bytes_of(word, small.size - cut + size))->kinds;
        if ((kinds & WORD_WELSH) && (kinds & WORD_SAFE) && !(kinds & WORD_NAME_TOO))
            return kinds;
    }
    return 0;
}

uint32_t lexicon_look_up(const struct lexicon *lexicon, struct bytes small)
{
    if (small.size == 0)
        return 0;
    uint64_t hash = bytes_hash(small);
    uint32_t kinds = find_hashed(lexicon, small, hash)->kinds | look_up_list(lexicon, small, hash);
    if (kinds == RARE) /* It may be a name that nobody has heard of. */
        kinds = WORD_ENGLISH | WORD_CAPITAL;
    kinds &= ~(uint32_t)RARE;
    return kinds != 0 ? kinds : look_up_unchanged(lexicon, small);
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
    uint64_t hash = bytes_hash(bytes_of(word, size));

    return may_be_common(lexicon, hash, WHOLE) &&
           (look_up_list(lexicon, bytes_of(word, size), hash) & WORD_COMMON) != 0;
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
    /* The first letter is seldom wrong. Where no common word begins as this one does, it must be
     * wrong there; where none ends so, at its end. */
    bool begins = may_be_common(lexicon, bytes_hash(part_of(small, FIRST_LETTERS)), FIRST_LETTERS);
    bool ends = may_be_common(lexicon, bytes_hash(part_of(small, LAST_LETTERS)), LAST_LETTERS);
    size_t from = ends ? 1 : small.size - COMMON_END - 1, to = begins ? small.size : COMMON_END;

    for (size_t at = from; at < to; at++)
        if (nearly_at(lexicon, small, at, copy))
            return true;
    return false;
}
